"""What can be wrong with a file as a whole, with words for the person who chose it."""


class FileRefused(Exception):
    """The file cannot be read; the message says what to do."""


class ImportRefused(Exception):
    """The import cannot go on in its present state; the message says why."""
