"""What is stored of an import: its file, its columns, its rows and what they did to contacts."""
