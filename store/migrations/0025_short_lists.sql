-- SQLite makes a table of its own out of each list of more than two values, at each run of a statement that writes a row
-- whose indexes ask for one: nineteen of them a turn. What these indexes hold stays the same.
__SHORT_LISTS__
