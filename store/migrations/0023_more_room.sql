-- What a person's allowance is used up of is written with each message to them: in place, where their page has room.
__MORE_ROOM__
