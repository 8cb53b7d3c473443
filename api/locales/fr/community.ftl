## Communities: their charter, what it takes to go live, who belongs to them and who looks after them.

no-such-community = Cette communauté n’existe pas.
members-only = Seuls les membres de la communauté peuvent faire cela ; rejoignez-la d’abord.
stewards-only = Seuls les responsables de la communauté peuvent faire cela ; adressez-vous à l’un d’eux.
community-rests = Cette communauté est en repos ou archivée : rien n’y change. Un responsable peut réveiller une communauté en repos.
not-at-this-stage = La communauté n’est pas au stade où cela est possible.
slug-taken = Ce nom d’adresse est déjà pris ; choisissez-en un autre.
too-many-forming = { $most ->
    [one] Vous avez déjà { $most } communauté en formation ; lancez-la ou archivez-la d’abord.
   *[other] Vous avez déjà { $most } communautés en formation ; lancez-en ou archivez-en une d’abord.
}
fewer-than = moins de { $count }

vouches-1-to-5 = Demandez de 1 à 5 garants.
too-many-lines = { $most ->
    [one] Indiquez au plus { $most } entrée.
   *[other] Indiquez au plus { $most } entrées.
}
charter-not-at-this-stage = Les membres fondateurs ratifient la charte pendant la formation de la communauté ; les membres l’acceptent une fois qu’elle est lancée.
charter-changed = La version { $version } de la charte est en vigueur ; lisez-la et acceptez celle-ci.
consent-due = La charte a changé ; acceptez-la d’abord.

ready-purpose = But
ready-purpose-hint = Dites dans la charte à quoi sert la communauté.
ready-failure = Défaillance visée
ready-failure-hint = Dites dans la charte à quelle défaillance de la vie hors ligne la communauté répond.
ready-agreements = Règles convenues
ready-agreements-hint = Inscrivez dans la charte au moins une règle convenue : comment les membres se traitent les uns les autres.
ready-charter = Charte ratifiée
ready-charter-hint = { $missing ->
    [0] Tous les membres fondateurs ont ratifié la charte en vigueur.
    [one] Faites ratifier la charte en vigueur par encore { $missing } membre fondateur.
   *[other] Faites ratifier la charte en vigueur par encore { $missing } membres fondateurs.
}
ready-founders = Membres fondateurs
ready-founders-hint = { $missing ->
    [0] Les membres fondateurs sont assez nombreux.
    [one] Invitez encore { $missing } membre fondateur.
   *[other] Invitez encore { $missing } membres fondateurs.
}
ready-connected = Membres fondateurs reliés
ready-connected-hint = { $groups ->
    [0] Il n’y a pas encore de membres fondateurs ; invitez-les.
    [one] Les membres fondateurs sont tous reliés les uns aux autres par leurs liens.
   *[other] Les membres fondateurs forment { $groups } groupes sans lien entre eux ; nouez des liens d’un groupe à l’autre.
}
ready-ties = Liens entre membres fondateurs
ready-ties-hint = { $missing ->
    [0] Entre les membres fondateurs actuels, aucun lien ne manque.
    [one] Nouez encore { $missing } lien entre membres fondateurs.
   *[other] Nouez encore { $missing } liens entre membres fondateurs.
}
ready-goal = Objectif compris
ready-goal-hint = { $needed ->
    [one] Proposez un objectif ; au moins { $needed } membre fondateur doit le dire avec ses propres mots.
   *[other] Proposez un objectif ; au moins { $needed } membres fondateurs doivent le dire avec leurs propres mots.
}
ready-gathering = Rencontre tenue
ready-gathering-hint = Tenez une rencontre et notez qui était là : il faut { $needed ->
    [one] au moins { $needed } membre fondateur
   *[other] au moins { $needed } membres fondateurs
} à une même rencontre, qui remonte à { $days ->
    [one] { $days } jour
   *[other] { $days } jours
} au plus.

invite-your-ties = N’invitez que des membres avec qui vous êtes en lien ; nouez d’abord ce lien.
already-member = Il y a déjà une adhésion, ou une invitation ou candidature en cours.
removed-for-good = Cette personne ne peut pas être invitée dans cette communauté.
community-full = { $most ->
    [one] La communauté compte { $most } place, prise par un membre, une invitation ou une candidature ; attendez qu’elle se libère.
   *[other] La communauté compte { $most } places, toutes prises par des membres, des invitations et des candidatures ; attendez que l’une d’elles se libère.
}
not-invited = Vous n’avez pas d’invitation ouverte à cette communauté ; demandez-en une à un membre.
not-an-open-invitation = Cette invitation n’est plus ouverte et ne peut donc pas être annulée.

by-invitation-only = Cette communauté ne prend pas de candidatures ; demandez à un membre de vous inviter.
answer-each-question = { $questions ->
    [0] La charte ne pose pas de question ; omettez les réponses.
    [one] Répondez à la question de la charte.
   *[other] Répondez à chacune des { $questions } questions de la charte.
}
not-an-open-application = Il n’y a pas de candidature en cours : elle a reçu une réponse, a été retirée ou a expiré.
not-by-vouching = Dans cette communauté, les responsables décident des candidatures ; personne n’a besoin de se porter garant.
vouch-for-your-ties = Ne vous portez garant que de membres avec qui vous êtes en lien ; nouez d’abord ce lien.

not-a-member = Cette personne n’appartient pas à la communauté.
no-such-membership = Cette adhésion n’existe pas.
last-steward = Une communauté a toujours un responsable ; nommez-en d’abord un autre.
leave-instead = C’est vous-même ; pour partir, quittez plutôt la communauté.
