-- Counting what is due, running and parked reads this index alone, however many turns are parked.
create index turn_state on turn (state) where state in ('due', 'running', 'parked');
