## Être présenté, et demander qui peut aider.

no-such-introduction = Cette mise en relation n’existe pas.
introduction-open = Vous avez déjà demandé à lui être présenté ; attendez une réponse, ou retirez votre demande.
introduced-to-yourself = Vous n’avez pas besoin d’être présenté à vous-même.
no-route = Aucun chemin ne mène à cette personne par ce membre ; choisissez l’un des chemins affichés.
not-taking-introductions = Cette personne ne prend pas de mises en relation en ce moment ; essayez autrement, ou plus tard.
too-many-introductions = { $most ->
    [one] Vous avez { $most } mise en relation en cours ; attendez une réponse, ou retirez-la.
   *[other] Vous avez { $most } mises en relation en cours ; attendez des réponses, ou retirez-en une.
}
introduced-lately = Vous avez demandé il y a peu à lui être présenté ; laissez passer du temps.
introduction-not-to-pass-on = Seule la personne du milieu peut transmettre une mise en relation, une fois.
introduction-not-awaiting = Cette mise en relation n’attend pas votre réponse.
introduction-not-open = Cette mise en relation n’est plus en cours.
introduction-gone = Cette mise en relation n’est plus possible.
introduction-without-outcome = Ce qu’une mise en relation a donné, les deux personnes présentées le disent, après l’acceptation.
introduction-outcome-said = Vous avez déjà dit ce que cette mise en relation a donné.
introductions-a-month = Choisissez un nombre de 1 à 100.
pause-within-a-year = Une pause se termine à un moment à venir, dans un an au plus.

no-such-ask = Cette demande n’existe pas.
too-many-asks = { $most ->
    [one] Vous avez { $most } demande ouverte ; fermez-la d’abord.
   *[other] Vous avez { $most } demandes ouvertes ; fermez-en une d’abord.
}
ask-days = Une demande est ouverte de 1 à 30 jours.
nominate-a-tie = Nommez une personne avec qui vous êtes lié, et non celle qui demande.
too-many-nominations = { $most ->
    [one] Vous avez nommé { $most } personne pour cette demande ; c’est assez.
   *[other] Vous avez nommé { $most } personnes pour cette demande ; c’est assez.
}
no-such-nomination = Cette proposition n’existe pas.
nomination-not-open = Cette proposition n’attend pas votre réponse.
nomination-gone = Cette proposition n’est plus possible.
