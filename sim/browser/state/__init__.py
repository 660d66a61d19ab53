"""What a page of the app holds between two pictures: its address, its runs, its levers, and immutable snapshots of them."""
