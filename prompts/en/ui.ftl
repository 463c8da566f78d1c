# Labels, forms and small readings. Labels speak in the person's own voice and have at most 40 characters.
# Which presses exist and what their variables may hold stands in src/journey/press.rs and codes.rs.

## The door

press-start = Start
press-consent = I'm 18 or older, and I agree
press-too-young = I'm not 18 yet
press-help = Help
press-support = Support
press-support-in = { $country ->
    [us] United States
    [ca] Canada
    [gb] United Kingdom
    [ie] Ireland
    [au] Australia
    [nz] New Zealand
    [de] Germany
    [at] Austria
    [ch] Switzerland
    [fr] France
    [es] Spain
    [it] Italy
    [nl] Netherlands
    [be] Belgium
    [se] Sweden
    [no] Norway
    [in] India
    [za] South Africa
    [br] Brazil
    [jp] Japan
   *[other] Country: { $country }
}
press-support-need = { $need ->
    [violence] Someone hurts or threatens me
    [stop_violence] I'm afraid I'll hurt someone
    [youth] Lines for young people
   *[crisis] Someone to talk to
}
press-support-for = { press-support-need }
press-support-countries = Other countries
press-privacy = Privacy
press-journey = My journey
press-hide = Clear this chat
press-offer-again = My DMs are open, try again
press-forget = Delete everything about me
press-forget-all = Yes, delete everything

## The reasons

press-reasons = The reasons
press-ended-by = { $who ->
    [me] I ended it
    [them] They ended it
   *[both] We both did
}
press-ended-when = { $when ->
    [week] Within the last week
    [month] Within the last month
    [quarter] One to three months ago
    [year] Three to twelve months ago
   *[longer] More than a year ago
}
press-card = { $card ->
    [fix] 1: It can be fixed
    [grown] 2: One of us has grown
    [trust] 3: Trust can be rebuilt
   *[both] 4: We both want to
}
press-answer = { $answer ->
    [true] True for us
    [unsure] { $card ->
        [both] I don't know yet
       *[other] Not sure
    }
    [no] No
    [told-no] They told me no
   *[not-ours] Doesn't apply to us
}
press-card-note = Add a note for myself
press-reasons-again = Go through the reasons again
press-think-later = I'll think about it later

## The time apart

press-cooloff = Time apart
press-cooloff-set-up = Set up a time apart
press-length = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
press-length-form = A different length
press-every = { $days ->
    [1] Every day
    [7] Every week
   *[other] Every { $days } days
}
press-every-form = More or less often
press-cooloff-begin = Start day 1
press-pause = Pause
press-resume = Resume
press-snooze = { $hours ->
    [one] Again in an hour
   *[other] Again in { $hours } hours
}
press-cooloff-change = Change my plan
press-change-rhythm = How often notes come
press-extend-ask = More time
press-extend = { $days ->
    [one] One more day
   *[other] { $days } more days
}
press-end-early = End it early
press-end-why = { $why ->
    [clear] Things are clearer now
    [talked] We've already talked
    [not-for-me] It isn't helping me
   *[unsaid] I'd rather not say
}
press-checkin = How I am today
press-mood = { $mood ->
    [1] 1 – awful
    [2] 2 – bad
    [3] 3 – okay
    [4] 4 – good
   *[5] 5 – really good
}
press-mood-note = Add a line

## The urge, the letter, the slip

press-urge = I want to text them
press-breathe = Breathe first
press-my-reasons = Why I'm waiting
press-urge-later = Ask me again in 24 hours
press-urge-passed = It passed
press-letter = A letter I won't send
press-write-letter = Write a letter I won't send
press-letter-keep = Keep it
press-letter-burn = Burn it
press-letter-tomorrow = Show it to me tomorrow
press-slip = I reached out
press-slip-continue = Keep counting
press-slip-restart = Start again at day 1
press-slip-note = Write down how it was

## The later steps, and letting go

press-read = { $page ->
    [1] { $stage ->
        [reasons] The reasons
        [cooloff] Time apart
        [reflect] About reflecting
        [reachout] About reaching out
        [bringup] About bringing it up
        [trial] About the trial
        [ease] About easing back
       *[letgo] About letting go
    }
    [2] { $stage ->
        [cooloff] Next: what to do with the days
        [reflect] About my part
        [reachout] Next: the talk
        [bringup] About the question
        [trial] What to watch
        [ease] About disagreeing
       *[letgo] Next: the days
    }
   *[other] { $stage ->
        [reachout] Next: where they stand
       *[letgo] Next: what remains
    }
}
press-let-go = I want to let go

## Safety

press-gate = { $question ->
    [violence] { $answer ->
        [yes] Yes, that happened
       *[no] No, never
    }
    [court] { $answer ->
        [yes] Yes, there is
       *[no] No
    }
   *[contact] { $answer ->
        [yes] Yes, they did
       *[no] No
    }
}
press-gate-later = Not now
press-gate-undo = Undo my last answer
press-gate-ask = See the question
press-gate-review = My answers about safety
press-gate-correct = { $question ->
    [contact] { $answer ->
        [yes] Change this: they asked me to stop
       *[no] Correct: they never asked me to stop
    }
    [violence] { $answer ->
        [yes] Change this: there was violence
       *[no] Correct: there was none
    }
   *[court] { $answer ->
        [yes] Change this: there is an order
       *[no] Correct: there never was one
    }
}
press-gate-over = { $question ->
    [contact] It's over: they unblocked me
    [violence] It's over
   *[court] It's over: the order was lifted
}
press-violence-role = { $role ->
    [hurt] I was hurt
    [did] I hurt them
    [both] Both
   *[unsaid] I'd rather not say
}
press-role-ask = Change who was hurt
press-after-violence = { $page ->
    [1] Pages for after violence
    [2] Next: missing them
    [3] Next: before you block them
    [4] Next: passwords and location
    [5] Next: keeping evidence
   *[6] Next: telling someone
}
press-afraid = I was afraid of them
press-not-said-no = No, that's not it
press-came-back = They came back to me on their own
press-are-you-safe = Are you safe?
press-safe = { $answer ->
    [myself] I might hurt myself
    [threatened] Someone is hurting or threatening me
    [afraid] I'm afraid of what I might do
   *[okay] I'm okay
}
press-safe-for-now = I'm safe for now
press-who-wrote = { $author ->
    [me] I wrote it
    [them] They wrote it
   *[other] Somebody else
}
press-adult = { $answer ->
    [yes] Yes, I'm 18 or older
   *[no] No, I'm not 18 yet
}
press-minor-forget = Delete everything
press-clear-my-side = Clear my side
press-waiting-form = Write one line
press-said-no = They said no
press-said-no-undo = Undo

## Settings

press-settings = Settings
press-zone-form = Time zone
press-zone = { $name }
press-zone-at = { $half ->
    [morning] It's { $clock }, before noon
   *[later] It's { $clock }, after noon
}
press-time-form = When notes come
press-time = At { $minute }
press-quiet-form = Quiet hours
press-quiet-off = No quiet hours
press-quiet = { $from } to { $until }
press-quiet-at = Quiet { $from } to { $until }, notes at { $minute }
press-notices = { $style ->
    [discreet] Hide notes on my locked screen
   *[plain] Show notes on my locked screen
}

## Notes and words

press-open = Open
press-words-add = Yes, add it
press-words-keep = Keep it in my journal
press-words-letter = Make it a letter I won't send
press-words-drop = Delete what I wrote

## Reflect

press-reflect = Reflect
press-ask = { $question ->
    [better] What could have gone better
    [part] My part
    [worked] What worked
    [not-worked] What didn't
    [missing] What should have been there
    [change-me] What would have to change in me
    [change-them] What would have to change in them
   *[change-us] What would have to change between us
}
press-reflection = Write it down
press-decide-ask = Do I still want to try again?
press-decide = { $decision ->
    [appeals] Yes, I still want to try again
    [not-yet] I can't say yet
   *[let-go] No. I want to let go
}
press-writing = Write over a few days
press-writing-begin = { $days } days of writing
press-writing-form = Write
press-writing-stop = Stop the days of writing

## Reach out

press-reachout = Reach out
press-points = What I'd like to say
press-point-take = Add: { $question ->
    [better] what could have gone better
    [part] my part
    [worked] what worked
    [not-worked] what didn't
    [missing] what was missing
    [change-me] the change in me
    [change-them] the change in them
   *[change-us] the change between us
}
press-point-drop = Remove: { $question ->
    [better] what could have gone better
    [part] my part
    [worked] what worked
    [not-worked] what didn't
    [missing] what was missing
    [change-me] the change in me
    [change-them] the change in them
   *[change-us] the change between us
}
press-point-form = A point in my own words
press-point-out = Remove: my own point { $place }
press-draft = Draft my opening lines
press-draft-form = Write my opening lines
press-draft-hold = { $hours ->
    [72] Hold it for three days
    [168] Hold it for a week
   *[other] Hold it for { $hours } hours
}
press-draft-keep = Keep it
press-draft-burn = Burn it
press-plan = Plan a day
press-plan-day = { $weekday ->
    [mon] Monday
    [tue] Tuesday
    [wed] Wednesday
    [thu] Thursday
    [fri] Friday
    [sat] Saturday
    [sun] Sunday
   *[other] { $date }
}, { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
press-plan-at = At { $minute }
press-plan-on = { $weekday ->
    [mon] Monday
    [tue] Tuesday
    [wed] Wednesday
    [thu] Thursday
    [fri] Friday
    [sat] Saturday
   *[sun] Sunday
}, { $day } { $month ->
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
} { $year }, { $minute }
press-plan-form = Another day or time
press-plan-off = Cancel my plan
press-talk = Cheat sheet for the talk
press-talk-form = Write down how it was
press-tell = How it went
press-talked = { $outcome ->
    [well] We talked, and it went well
    [badly] We talked, and it went badly
    [time] They asked for time
    [no-reply] No reply
   *[not-yet] It hasn't happened yet
}
press-not-yet-later = Ask me again in a week
press-both-again = { $answer ->
    [true] Yes, we both want to
    [unsure] I don't know yet
    [no] No, not both of us
    [told-no] They told me no
   *[not-ours] Doesn't apply to us
}
press-wait-days = { $days ->
    [one] One day
    [7] A week
    [14] Two weeks
    [30] A month
    [60] Two months
    [90] Three months
   *[other] { $days } days
}
press-wait-form = A different number of days
press-wait-unsaid = They didn't say
press-untell = Undo

## The journal

press-journal = Journal
press-shelved = { $shelf ->
    [all] Everything, newest first
    [reasons] The reasons
    [cooloff] The time apart
    [letters] Letters
    [reflect] Reflect
    [reachout] Reach out
    [together] Trial, and easing back
    [letgo] Letting go, and last words
   *[notes] My own notes
}
press-leaf = { $part ->
    [1] Back to the start
   *[other] Part { $part }
}
press-older = Older
press-newer = Newer
press-month = { $month ->
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
} { $year }
press-drop-ask = Delete this one
press-drop = Delete for good
## Bring it up

press-bringup = Bring it up
press-friend-talk = We talked, just as friends
press-ready-ask = Am I ready to ask?
press-ready = { $answer ->
    [yes] Yes
   *[no] { $question ->
        [calm] Not yet
        [new] Nothing yet
       *[other] Not really
    }
}
press-ready-again = Check again
press-ways = Ways to say it
press-way = { $warmth ->
    [warm] Warm and open
    [careful] Friendly, but careful
   *[cool] A bit distant
}
press-brought-up = I brought it up
press-brought-up-yes = They said yes
press-brought-up-time = They asked for time

## The trial

press-trial = Trial period
press-trial-set-up = Begin a trial
press-trial-length = { $weeks } weeks
press-trial-length-form = A different length
press-trial-begin = Begin the trial
press-agreement-form = Write down an agreement
press-agreements = Our agreements
press-agreement-drop = Remove agreement { $slot }
press-trial-checkin = Check in on this week
press-trial-answer = { $question ->
    [arguments] { $how ->
        [nothing] We didn't have any
        [well] We worked them out
       *[mixed] Some yes, some no
        [badly] They hurt, or we left them open
    }
    [changes] { $how ->
        [well] Easily
       *[mixed] With effort
        [badly] Barely, or not at all
    }
   *[calm] { $how ->
        [well] Calm
       *[mixed] Some of both
        [badly] Rushed and intense
    }
}
press-kept = { $answer ->
    [yes] Kept
   *[no] Not kept
}
press-trial-note = Add a line about this week
press-trial-notes = My weekly lines
press-trial-review = My answers so far
press-trial-go-on = It's working
press-trial-extend = Same length again
press-trial-stop = Stop the trial

## Easing back

press-ease = Ease back
press-ease-begin = Begin easing back
press-going-public = Who knows
press-told = Told: { $circle ->
    [trusted] one trusted person each
    [friends] our close friends
    [family] our families
    [around] people around us
   *[online] everyone else
}
press-ease-checkin = Check in
press-ease-answer = { $question ->
    [feelings] { $how ->
        [well] Yes, both
       *[mixed] Partly
        [badly] Not really
    }
    [disagreements] { $how ->
        [nothing] We didn't have any
        [well] With love
       *[mixed] Some of them
        [badly] They hurt
    }
   *[compromises] { $how ->
        [nothing] We didn't need any
        [well] Fair to both of us
       *[mixed] Mostly fair
        [badly] One of us always gives in
    }
}
press-ease-note = Add a line

## Letting go, in full

press-letgo = Letting go
press-letgo-weekly = A note each week
press-letgo-quiet = No more notes
press-letgo-thought = A thought for now
press-learned-form = Something I've learned
press-learned = What I've learned so far

## The endings

press-close = Say goodbye
press-close-now = Close this journey
press-last-words-form = My last words
press-new-journey = Start a new journey
press-new-about = { $same ->
    [yes] The same person
   *[no] Someone else
}

## Taking everything along

press-export = My files
press-export-plain = Without a passphrase
press-export-locked = With a passphrase
press-delete-message = Delete this message

## Commands

command-start = Start, or pick up where you left off
command-reasons = Four cards: real reasons to go back, and what isn't one
command-cooloff = Take your time: some days apart, with a note now and then
command-reflect = What happened, what was my part, do I still want to try again
command-reachout = How to ask for one honest talk
command-bringup = First as friends, then the question
command-trial = Trying again, slowly and on purpose
command-ease = Back out in the open, together
command-letgo = Letting go well
command-journey = My journey
command-checkin = How I am today, in one number
command-urge = I want to text them right now
command-letter = A letter I won't send
command-journal = My own notes, letters, drafts and answers, to read or delete
command-settings = Time zone, when notes come, quiet hours, locked screen
    .zone = Your time zone: a city, or what time it is where you are
command-support = People to talk to, at any hour
command-privacy = What is kept, and who could read it
command-hide = Clear this bot's messages off the screen right away
command-forget = Delete everything about me
command-export = Everything about me, as files
command-help = What this bot can do

## Forms

form-card-note = A note for yourself
    .words = What do you want to remember?
    .words-hint = On a hard night I can show you this again, in your own words.
form-mood-note = A line about today
    .words = How was today?
    .words-hint = One sentence is enough. It's just for you.
form-waiting-form = Why are you waiting?
    .words = One line for a hard night
    .words-hint = Because last time I texted first, nothing changed

form-slip-note = How it was
    .words = What did you need in that moment?
    .words-hint = To be heard, to get an answer, to end the silence. Or something else.
form-write-letter = A letter you won't send
    .words = Write it as it comes
    .words-hint = I can't send it to anyone. Start anywhere, even in the middle.
form-length-form = How many days apart?
    .number = Days
    .number-hint = A whole number, like 21
form-every-form = A note every how many days?
    .number = How often should notes come?
    .number-hint = 3, every other day, or once a week
form-zone-form = Your time zone
    .zone = What time is it for you now, or which city?
    .zone-hint = 9:40 pm, or a bigger city nearby, like Lisbon
form-time-form = When should notes come?
    .time = Time of day
    .time-hint = 8:30, 19:00 or 7 pm
form-quiet-form = Quiet hours
    .from = Quiet from
    .from-hint = 22:00
    .until = Quiet until
    .until-hint = 8:00
form-trial-length-form = How many weeks?
    .number = Weeks
    .number-hint = A whole number, like 10
form-agreement-form = An agreement
    .words = What did you agree on?
    .words-hint = Something anyone could check, like: we say it the same day
form-trial-note = A line about this week
    .words = What stood out?
    .words-hint = One sentence is enough. You'll see it again at the review.
form-ease-note = A line about this month
    .words = What stood out?
    .words-hint = One sentence is enough. It's just for you.
form-learned-form = Something you've learned
    .words = What do you know now?
    .words-hint = What you need, what you won't put up with, what you'd do sooner
form-last-words-form = Your last words
    .words = What's left to say?
    .words-hint = To them, or to yourself. I can't send it to anyone.
form-export-locked = A passphrase for your files
    .passphrase = Passphrase
    .passphrase-hint = At least 10 characters. I don't keep it.

form-reflection = { $question ->
    [better] What could have gone better
    [part] My part
    [worked] What worked
    [not-worked] What didn't
    [missing] What should have been there
    [change-me] What would have to change in me
    [change-them] What would have to change in them
   *[change-us] What would have to change between us
}
    .words = In your own words
    .words-hint = A few sentences are enough. You can rewrite it any time.
form-writing-form = Writing, day { $day }
    .words = Write it as it comes
    .words-hint = Fifteen minutes, mostly about what you feel. It's just for you.
form-point-form = A point for the talk
    .words = What would you like to say?
    .words-hint = One or two sentences you could say in a calm voice.
form-draft-form = Opening lines
    .words = Two or three sentences
    .words-hint = Who's writing, your part, one question, and an easy way to say no.
form-plan-form = When would you like to talk?
    .day = Which day?
    .day-hint = Friday, 8 May, or in 3 days
    .time = At what time?
    .time-hint = 18:00 or 6 pm
form-talk-form = How it was
    .words = What did you hear, and where do they stand?
    .words-hint = What they said, what surprised you, how you felt on the way home.
form-wait-form = How long did they ask for?
    .number = Days
    .number-hint = A whole number, like 30

## How values read

arg-day = { $value }
arg-length = { $value }
arg-left = { $value ->
    [0] no days
    [one] one day
   *[other] { $value } days
}
arg-away = { $value ->
    [0] less than a day
    [one] one day
   *[other] { $value } days
}
arg-every = { $value ->
    [1] every day
    [7] every week
   *[other] every { $value } days
}
arg-count = { $value }
arg-total = { $value }
arg-min = { $value }
arg-max = { $value }
arg-time = { $value }
arg-date = { $weekday ->
    [mon] Monday
    [tue] Tuesday
    [wed] Wednesday
    [thu] Thursday
    [fri] Friday
    [sat] Saturday
   *[sun] Sunday
}, { $day } { $month ->
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
}
arg-from = { $value }
arg-until = { $value }
arg-zone = { $value }
arg-now = { $value }, { $weekday ->
    [mon] Monday
    [tue] Tuesday
    [wed] Wednesday
    [thu] Thursday
    [fri] Friday
    [sat] Saturday
   *[sun] Sunday
}
arg-style = { $value ->
    [discreet] only that a note is ready
   *[plain] the whole note
}
arg-week = { $value }
arg-weeks = { $value ->
    [one] one week
   *[other] { $value } weeks
}
arg-since = { $date }, { $time }
arg-circle = { $value ->
    [trusted] one trusted person each
    [friends] close friends
    [family] the families
    [around] people around you
   *[online] everyone else
}

arg-question = { $value ->
    [better] What could have gone better
    [part] Your part
    [worked] What worked
    [not-worked] What didn't
    [missing] What should have been there
    [change-me] What would have to change in you
    [change-them] What would have to change in them
   *[change-us] What would have to change between you
}
arg-form = { $value }
arg-kind = { $value ->
    [reason] A note on the reasons
    [mood] A line about a day
    [letter] A letter you didn't send
    [waiting] Why you're waiting
    [slip] After reaching out
    [note] A note of your own
    [better] What could have gone better
    [part] Your part
    [worked] What worked
    [not-worked] What didn't
    [missing] What should have been there
    [change-me] What would have to change in you
    [change-them] What would have to change in them
    [change-us] What would have to change between you
    [writing] Written over a few days
    [draft] Opening lines
    [point] A point for the talk
    [talk] After the talk
    [agreement] Something you agreed on
    [week] A line about a week of the trial
    [month] A line about a month of easing back
    [learned] Something you learned
    [last-words] Your last words
   *[unasked] A few words
}
arg-page = { $value }
arg-pages = { $value }

## Help lines

lines-country = **{ $name }**
lines-missing = { $need ->
    [violence] I don't know a line about violence for all of { $country }. These can help you find one:
    [stop_violence] I don't know a line in { $country } just for people who use violence. These listen too:
    [youth] I don't know a line in { $country } just for young people. These listen too:
   *[crisis] I don't know a line in { $country }. These can help you find one:
}
lines-line = - { $name }: { $ways } ({ $languages })
lines-call = call { $to }
lines-text = text { $to }
lines-text-word = text { $word } to { $to }
lines-chat = chat on { $to }
lines-hours-always = any time
lines-hours-daily = { $from } to { $until }
lines-hours-day = { $day } { $from } to { $until }
lines-hours-days = { $first } to { $last } { $from } to { $until }
lines-hours-page = hours on { $page }
lines-hours-there = hours there
lines-day = { $day ->
    [mon] Mon
    [tue] Tue
    [wed] Wed
    [thu] Thu
    [fri] Fri
    [sat] Sat
   *[sun] Sun
}
lines-language = { $code ->
    [ar] Arabic
    [de] German
    [en] English
    [es] Spanish
    [fr] French
    [hi] Hindi
    [it] Italian
    [ja] Japanese
    [nl] Dutch
    [no] Norwegian
    [pl] Polish
    [pt] Portuguese
    [sv] Swedish
   *[other] { $code }
}
lines-languages-more = { $languages } and more
lines-emergency = - In danger now: call { $number } ({ $name })
lines-emergency-anywhere = - In danger now: call the emergency number where you are
lines-worldwide = - Worldwide: { $name }, { $contact }

## The page with everything (/export)

page-gate-contact = They asked for no contact, or blocked me
page-gate-violence = Violence, threats or control
page-gate-order = An order that limits contact
page-yes = Yes
page-no = No
page-title = My files
page-intro = Everything I kept about you, in one place. You wrote some of it at night, so read it when you have a quiet hour.
page-footer = Made just for you, because you asked for it. It was sent to no one else. Keep it where only you can read it.
page-journey = The journey
page-closed = Closed
page-ended = Who ended it
page-when = How long ago
page-told = What you told me
page-began = Began
page-length = Length
page-days = Days without contact
page-passed = Urges that passed
page-moods = How your days were
page-week = Week
page-month = Month
page-arguments = Small arguments
page-changes = Agreed changes
page-calm = Calm or rushed
page-agreement = Agreement
page-feelings = Respect for feelings
page-disagreements = Disagreements
page-compromises = Compromises
page-counted = Without contact since
page-words = In your own words
page-none = You haven't written anything yet.
page-toward = What came of it

