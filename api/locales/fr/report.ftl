## Reports: which agreement was broken, and what is decided about it.

no-such-report = Ce signalement n’existe pas.
nothing-to-report = Ce membre ou cet objectif n’existe pas dans cette communauté.
report-yourself = Vous ne pouvez pas vous signaler vous-même, ni un objectif que vous avez proposé.
no-such-agreement = { $agreements ->
    [0] La charte n’a pas encore de règle convenue ; aucune ne peut être indiquée.
    [one] La charte a { $agreements } règle convenue ; indiquez-la par le numéro 1.
   *[other] La charte a { $agreements } règles convenues ; indiquez-en une par son numéro, de 1 à { $agreements }.
}
reported-already = Vous avez déjà signalé cela ; attendez la décision.
too-many-reports = { $most ->
    [one] Vous avez { $most } signalement en cours dans cette communauté ; attendez qu’il soit tranché.
   *[other] Vous avez { $most } signalements en cours dans cette communauté ; attendez que l’un d’eux soit tranché.
}
report-decided = Ce signalement est déjà tranché.
