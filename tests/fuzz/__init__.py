"""What must hold whatever comes in: targets for the tests beside each parser, and for longer runs by atheris."""
