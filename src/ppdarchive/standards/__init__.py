"""The privacy rules that a release may claim, judged field by field."""
