"""Small things about text that know nothing of promotion: redaction, control characters, nearest words."""
