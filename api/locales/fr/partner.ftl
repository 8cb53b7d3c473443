## Partners: access tokens, and their lists.

access-token-needs-scope = Nommez au moins une portée : aussi peu que ce dont le partenaire a besoin.
access-token-expiry = Un jeton d’accès prend fin dans le futur, dans 366 jours au plus tard.
access-token-overlap = L’ancien secret peut rester valable 168 heures au plus.
no-such-access-token = Ce jeton d’accès n’existe pas.
access-token-is-over = Ce jeton d’accès n’est plus valable ; créez-en un nouveau.
too-many-access-tokens = { $most ->
    [one] Un seul jeton d’accès peut être valable à la fois ; révoquez-le d’abord.
   *[other] { $most } jetons d’accès peuvent être valables à la fois ; révoquez-en un d’abord.
}

roster-rows = Une liste a de 1 à { $most } lignes ; envoyez-la en plusieurs parties.
roster-row-twice = Une autre ligne de la liste a déjà cela ; envoyez une ligne par personne.
roster-of-live-community = On peut inviter par une liste dès que la communauté est ouverte.
