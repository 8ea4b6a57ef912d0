"""Files of training done elsewhere: read, matched to people and courses, recorded."""
