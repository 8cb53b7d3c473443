## Letters: what is told by e-mail. A code is in the subject, which phones show, and alone on its line.

letter-sign-in-code-subject = { $code } est votre code pour Kith
letter-sign-in-code =
    Voici votre code de connexion à Kith :

    { $code }

    Il est valable une seule fois, pendant { $minutes } minutes. Personne chez Kith ne vous le demandera jamais.

    Si vous n’avez pas demandé de code, vous n’avez rien à faire : sans lui, personne ne peut se connecter. Ne le transmettez à personne.

letter-old-address-code-subject = { $code } est votre code pour changer d’adresse sur Kith
letter-old-address-code =
    Votre compte Kith doit recevoir une nouvelle adresse e-mail, { $address }. Pour accepter, saisissez ce code :

    { $code }

    Il est valable une seule fois, pendant { $minutes } minutes. Personne chez Kith ne vous le demandera jamais.

    Si vous n’êtes pas à l’origine de cette demande, ne transmettez pas le code : sans lui, l’adresse reste inchangée. Mais quelqu’un d’autre est alors connecté à votre compte : ouvrez Kith, vérifiez vos appareils, déconnectez ceux qui ne sont pas à vous et, si vous avez un mot de passe, choisissez-en un nouveau.

letter-new-address-code-subject = { $code } est votre code pour Kith
letter-new-address-code =
    Quelqu’un, sans doute vous, souhaite utiliser cette adresse e-mail pour un compte Kith. Pour confirmer qu’elle vous appartient, saisissez-y ce code :

    { $code }

    Il est valable une seule fois, pendant { $minutes } minutes. Personne chez Kith ne vous le demandera jamais.

    Si ce n’est pas vous, vous n’avez rien à faire : sans ce code, votre adresse ne sera pas utilisée. Ne le transmettez à personne.

letter-address-changed-subject = Votre adresse e-mail sur Kith a été modifiée
letter-address-changed =
    Votre compte Kith a désormais l’adresse e-mail { $address }. C’est là que nous vous écrirons et que nous enverrons les codes de connexion.

    Si ce changement vient de vous, tout va bien.

    Si ce n’est pas vous, quelqu’un d’autre a pris votre compte. Répondez immédiatement à ce message pour que nous puissions vous aider.

letter-password-changed-subject = Votre mot de passe Kith a été modifié
letter-password-changed =
    Le mot de passe de votre compte Kith vient d’être défini, modifié ou supprimé.

    Si ce changement vient de vous, tout va bien.

    Si ce n’est pas vous, connectez-vous avec un code que nous enverrons à cette adresse, choisissez un nouveau mot de passe et déconnectez tous les autres appareils.

letter-invitation-subject = { $name } vous invite sur Kith
letter-invitation =
    { $name } aimerait être en lien avec vous sur Kith, où des personnes qui se connaissent dans la vie réelle s’aident à en rencontrer d’autres.

    Pour accepter, ouvrez ce lien sur votre téléphone :

    { $link }

    Ou saisissez ce code lors de votre inscription :

    { $code }

    L’invitation vous est personnelle et reste valable { $days } jours.

    Si vous ne connaissez pas { $name } ou ne souhaitez pas vous inscrire, vous n’avez rien à faire : vous n’avez pas de compte, et aucun ne sera créé.

letter-first-invitation-subject = Vous êtes invité·e sur Kith
letter-first-invitation =
    Vous êtes invité·e à rejoindre Kith, où des personnes qui se connaissent dans la vie réelle s’aident à en rencontrer d’autres.

    Pour accepter, ouvrez ce lien sur votre téléphone :

    { $link }

    Ou saisissez ce code lors de votre inscription :

    { $code }

    L’invitation vous est personnelle et reste valable { $days } jours.

    Si vous ne l’attendiez pas ou ne souhaitez pas vous inscrire, vous n’avez rien à faire : vous n’avez pas de compte, et aucun ne sera créé.

letter-deletion-scheduled-subject = Votre compte Kith va être supprimé
letter-deletion-scheduled =
    Comme vous l’avez demandé, votre compte Kith sera supprimé le { $day ->
        [1] 1er
       *[other] { $day }
    } { $month ->
        [1] janvier
        [2] février
        [3] mars
        [4] avril
        [5] mai
        [6] juin
        [7] juillet
        [8] août
        [9] septembre
        [10] octobre
        [11] novembre
       *[12] décembre
    } { $year }, avec tout ce qu’il contient. D’ici là, personne ne le voit.

    Si vous changez d’avis, connectez-vous avant ce jour : vous retrouverez tout comme avant.

    Si cette demande ne vient pas de vous, connectez-vous dès maintenant, déconnectez tous les autres appareils et, si vous avez un mot de passe, choisissez-en un nouveau.
