## Lists that operators bring online.

list-overtaken = Somebody took a handle or an address of the list just now; try again.
