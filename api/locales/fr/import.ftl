## Lists that operators bring online.

list-overtaken = Quelqu’un vient de prendre un identifiant ou une adresse de la liste ; réessayez.
