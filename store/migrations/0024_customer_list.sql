-- Which list of customers it is: raised by whatever changes one of them, whoever does it.
create table customer_list (one bigint primary key, revision bigint not null);
insert into customer_list (one, revision) values (1, 1);
__CUSTOMERS_CHANGE__
