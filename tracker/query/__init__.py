"""Step 13, query: what the store knows, as rows of dataclasses. Reads only."""
