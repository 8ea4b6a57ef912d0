"""The local risk of radicalisation: what the police profile says, what is assessed, and how it is signed off."""
