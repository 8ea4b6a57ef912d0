"""Files of people: reading them, guessing columns, cleaning cells, finding out what they would change."""
