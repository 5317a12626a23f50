"""The real ISO in a real machine: each test is a story of what a person does."""
