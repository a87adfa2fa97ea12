"""Import of files: read, guess the columns, check the whole file, show what will happen, write in small batches."""
