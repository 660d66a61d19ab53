"""Parts of pages: layout, fields, cards, lists, tables and the style of all."""
