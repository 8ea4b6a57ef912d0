"""An existing risk register out of a spreadsheet: reading it, understanding its cells, planning and applying it."""
