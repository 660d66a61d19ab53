"""Parts of the page that draw in the browser: the partnership network."""
