-- The rows that a message leaves on its way belong to a conversation or a turn that its own transaction has found or made and
-- holds locked. PostgreSQL would look each parent up again and lock it once more for every row: a tenth of a turn's statements.
__PARENTS__
