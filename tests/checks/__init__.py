"""The rules every file keeps, as tests: style, types, floors and shell."""
