"""Action plans: what is done to lower the risk, by whom, until when, and what came of it."""
