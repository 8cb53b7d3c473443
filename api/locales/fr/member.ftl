## Whoever is a member, and what they say of themselves.

no-such-member = Ce membre n’existe pas.
no-member-called = Aucun membre ne s’appelle { $handle }.
handle-taken = Cet identifiant est déjà pris ; choisissez-en un autre.
not-clearable = Ce champ ne peut pas être vidé ; omettez-le pour le conserver.
too-many-skills = { $most ->
    [one] Indiquez au plus { $most } compétence.
   *[other] Indiquez au plus { $most } compétences.
}
