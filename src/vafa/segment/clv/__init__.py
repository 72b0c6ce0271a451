"""Models of repeat buying, and the forecast that is made of them."""
