"""Files <-> rows of cells. It knows neither contacts nor the meaning of a cell."""
