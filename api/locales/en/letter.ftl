## Letters: what is told by e-mail. A code is in the subject, which phones show, and alone on its line.

letter-sign-in-code-subject = { $code } is your code for Kith
letter-sign-in-code =
    Your code to sign in to Kith:

    { $code }

    It works once and for { $minutes } minutes. Nobody from Kith will ever ask you for it.

    If you did not ask for a code, you need not do anything: without it nobody can sign in. Do not pass it on.

letter-old-address-code-subject = { $code } is your code for changing your address at Kith
letter-old-address-code =
    Your account at Kith is to have a new e-mail address, { $address }. To agree, enter this code:

    { $code }

    It works once and for { $minutes } minutes. Nobody from Kith will ever ask you for it.

    If it was not you who asked for this, do not pass the code on: without it the address stays as it is. But somebody is then signed in to your account: open Kith, look at your devices, sign out those that are not yours, and set a new password if you have one.

letter-new-address-code-subject = { $code } is your code for Kith
letter-new-address-code =
    Somebody, we hope you, wants to use this e-mail address for an account at Kith. To show that it is yours, enter this code there:

    { $code }

    It works once and for { $minutes } minutes. Nobody from Kith will ever ask you for it.

    If it was not you, you need not do anything: without the code your address is not used. Do not pass it on.

letter-address-changed-subject = Your e-mail address at Kith has been changed
letter-address-changed =
    Your account at Kith now has the e-mail address { $address }. From now on we write there; codes to sign in go there as well.

    If you changed it, all is well.

    If it was not you, somebody else has your account. Reply to this message at once, so that we can help you.

letter-password-changed-subject = Your password at Kith has been changed
letter-password-changed =
    The password of your account at Kith has just been set, changed or removed.

    If it was you, all is well.

    If it was not you, sign in with a code that we send to this address, set a new password, and sign out all other devices.

letter-invitation-subject = { $name } invites you to Kith
letter-invitation =
    { $name } would like to be in touch with you on Kith, where people who know each other in real life help each other get to know more.

    To accept, open this link on your phone:

    { $link }

    Or enter this code when you sign up:

    { $code }

    The invitation is for you alone and lasts { $days } days.

    If you do not know { $name } or do not wish to join, you need not do anything: there is no account for you, and none will be made.

letter-first-invitation-subject = You are invited to Kith
letter-first-invitation =
    You are invited to join Kith, where people who know each other in real life help each other get to know more.

    To accept, open this link on your phone:

    { $link }

    Or enter this code when you sign up:

    { $code }

    The invitation is for you alone and lasts { $days } days.

    If you did not expect it or do not wish to join, you need not do anything: there is no account for you, and none will be made.

letter-deletion-scheduled-subject = Your account at Kith will be deleted
letter-deletion-scheduled =
    As you asked, your account at Kith will be deleted on { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }, with everything in it. Until then nobody sees it.

    If you change your mind, sign in before that day: everything will be as it was.

    If it was not you who asked for this, sign in now, sign out all other devices, and set a new password if you have one.
