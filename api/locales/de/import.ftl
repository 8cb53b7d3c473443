## Lists that operators bring online.

list-overtaken = Jemand hat gerade einen Benutzernamen oder eine Adresse der Liste belegt; bitte versuchen Sie es noch einmal.
