"""How the columns of a sheet are recognised: by what a person says, by their headers and by their cells."""
