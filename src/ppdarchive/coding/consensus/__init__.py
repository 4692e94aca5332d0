"""Independent codings -> a proposal, a worksheet to settle, and back."""
