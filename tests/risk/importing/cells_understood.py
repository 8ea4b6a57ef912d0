"""What is read from each file of tests/risk/registers whose cells are unusual: row, values, and what is remarked."""

CELLS = {
    "days-in-all-ways.xlsx": [
        (
            2,
            {
                "code": "D1",
                "last_reviewed_on": "2026-03-01",
                "next_review_on": "2026-12-01",
                "target_on": "2027-03-31",
                "title": "Real days",
            },
            [],
        ),
        (
            3,
            {
                "code": "D2",
                "last_reviewed_on": "2026-03-01",
                "next_review_on": "2026-12-01",
                "target_on": "2027-03-31",
                "title": "Days as text",
            },
            [],
        ),
        (
            4,
            {
                "code": "D3",
                "last_reviewed_on": "2026-03-01",
                "next_review_on": "2026-12-01",
                "target_on": "2027-03-31",
                "title": "Numbers without a format",
            },
            [],
        ),
        (
            5,
            {
                "code": "D4",
                "last_reviewed_on": "2026-02-28",
                "next_review_on": "2026-12-31",
                "target_on": "2027-03-31",
                "title": "A month only",
            },
            [],
        ),
        (6, {"code": "D5", "title": "No day at all"}, [("target_on", "no_day")]),
        (7, {"code": "D6", "title": "An American day"}, [("target_on", "not_a_day")]),
    ],
    "everything-wrong.xlsx": [
        (
            2,
            {
                "code": "E1",
                "ideologies": [
                    "islamist",
                    "extreme_right_wing",
                    "other_ideology",
                    "mixed_unclear",
                    "conflicted",
                    "violence_no_ideology",
                ],
                "response": "treat",
                "source": "national",
                "title": "A score beyond the matrix",
            },
            [("residual_likelihood", "outside_the_matrix")],
        ),
        (
            3,
            {
                "code": "E2",
                "ideologies": ["extreme_right_wing"],
                "response": "tolerate",
                "title": "A word nobody knows",
            },
            [("source", "unknown_source"), ("residual_impact", "unknown_step")],
        ),
        (4, {"code": "E3", "residual": [1, 1], "source": "national"}, [("title", "no_title")]),
        (
            5,
            {
                "code": "E4",
                "ideologies": ["islamist", "extreme_right_wing"],
                "source": "national",
                "title": "A day where a score should be",
            },
            [("residual_likelihood", "day_for_a_score")],
        ),
        (
            6,
            {
                "code": "E4",
                "ideologies": ["other_ideology"],
                "residual": [2, 2],
                "source": "national",
                "title": "The same number again",
            },
            [("response", "unknown_response"), ("next_review_on", "no_day")],
        ),
        (
            7,
            {"code": "E6", "source": "national", "title": "A broken formula"},
            [
                ("residual_likelihood", "error_value"),
                ("residual_impact", "error_value"),
                ("ideologies", "unknown_ideology"),
            ],
        ),
        (
            8,
            {"code": "E7", "response": "terminate", "source": "assurance", "title": "Half a score"},
            [("next_review_on", "not_a_day"), ("residual_impact", "half_a_score")],
        ),
        (
            9,
            {
                "code": "A reference that is ",
                "ideologies": ["mixed_unclear"],
                "residual": [1, 1],
                "source": "partner",
                "title": "Long number",
            },
            [("code", "code_too_long")],
        ),
    ],
    "gross-and-residual.xlsx": [
        (
            5,
            {
                "code": "1",
                "controls": ["Web filter on all machines", "Online safety in every induction"],
                "description": "a) chat rooms\nb) short videos",
                "further_action": "Filter report to the board each term",
                "inherent": [4, 4],
                "residual": [3, 3],
                "title": "Learners are drawn in online",
            },
            [],
        ),
        (
            6,
            {
                "code": "2",
                "controls": ["Contract clause", "yearly check of their training"],
                "description": "Provision in three counties",
                "inherent": [5, 3],
                "residual": [2, 3],
                "title": "Subcontractors do not know how to refer",
            },
            [],
        ),
        (
            7,
            {
                "code": "3",
                "controls": ["Speaker policy"],
                "further_action": "Train site managers",
                "inherent": [3, 4],
                "title": "An outside speaker is not checked",
            },
            [("residual_score", "score_not_plain")],
        ),
        (
            8,
            {
                "code": "4",
                "controls": ["Yearly training"],
                "inherent": [5, 5],
                "residual": [4, 4],
                "title": "Staff do not recognise radicalisation",
            },
            [],
        ),
    ],
    "long-texts.xlsx": [
        (
            2,
            {
                "controls": [
                    "Booking form",
                    "Union checks",
                    "Porters are told what to do if a booking changes. Porters are told what to do "
                    "if a booking changes. Porters are told what to do if a booking changes. "
                    "Porters are told what to do if a booking changes. Porters are told what to do "
                    "if a booking changes. Porters are told what to do if a booking changes. "
                    "Porters are told what to do if a booking changes. Porters are told what to do "
                    "if a booking changes. Porters are told what to do if a booking changes. "
                    "Porters are told what to do if a booking changes.",
                    "Porters are told what to do if a booking changes. Porters are told what to do "
                    "if a booking changes. Porters are told what to do if a booking changes. "
                    "Porters are told what to do if a booking changes.",
                ],
                "description": "A speaker who is booked by a society without the union noticing, who was "
                "refused elsewhere and whose guests are not known, speaks in a room that was "
                "booked for something else, and nobody of the university is there to hear "
                "what is said or to end it.\n"
                "Seen twice elsewhere.",
                "ideologies": ["islamist", "extreme_right_wing"],
                "places": "Main hall; union; chapel",
                "title": "A speaker who is booked by a society without the union noticing, who was refused "
                "elsewhere and whose guests are not known, speaks in a room that was booked for "
                "something else, and nobody of the…",
            },
            [("title", "title_shortened"), ("controls", "control_divided")],
        ),
        (3, {"description": "Text of a formula", "title": "Hidden marks and spaces"}, []),
    ],
    "outcomes-and-colours.xlsx": [
        (
            2,
            {
                "further_action": "Training in the first week",
                "owner": "HR",
                "title": "New staff start before they are trained",
            },
            [],
        ),
        (
            3,
            {
                "further_action": "Written agreement for every letting",
                "owner": "Bursar",
                "title": "Lettings are agreed by telephone",
            },
            [],
        ),
        (
            4,
            {"further_action": "Agree a protocol with the police", "owner": "Priya Ravindran"},
            [("title", "no_title")],
        ),
    ],
    "prompts-without-scores.xlsx": [
        (
            3,
            {
                "cause": "Concerns go nowhere",
                "controls": ["Poster in every room", "Named in induction"],
                "further_action": "Repeat it each term",
                "owner": "Priya Ravindran",
                "target_on": "2026-12-18",
                "theme": "leadership",
                "title": "The lead is not known to staff",
            },
            [],
        ),
        (
            4,
            {
                "cause": "Signs are missed",
                "further_action": "Short course",
                "owner": "Headteacher",
                "theme": "training",
                "title": "Lunchtime staff are not trained",
            },
            [("target_on", "no_day")],
        ),
    ],
    "severity-and-likelihood.xlsx": [
        (
            3,
            {
                "controls": ["Termly report"],
                "further_action": "Name a link governor",
                "owner": "Priya Ravindran",
                "residual": [3, 4],
                "target_on": "2027-03-31",
                "theme": "leadership",
                "title": "Governors are not told how the duty is met",
            },
            [],
        ),
        (
            4,
            {
                "controls": ["Filter"],
                "further_action": "Test it each term",
                "owner": "priya.ravindran@example.org",
                "residual": [2, 5],
                "target_on": "2026-09-01",
                "theme": "online",
                "title": "Pupils reach extremist pages on school tablets",
            },
            [],
        ),
        (
            5,
            {
                "further_action": "Write a visitor policy",
                "owner": "Mr Headteacher",
                "residual": [4, 3],
                "theme": "premises",
                "title": "A visiting speaker is not checked",
            },
            [("target_on", "no_day")],
        ),
        (
            6,
            {"controls": ["Staff on duty"], "residual": [2, 2], "title": "Leaflets are handed out at the gate"},
            [("theme", "unknown_theme"), ("target_on", "no_day")],
        ),
    ],
    "words-for-scores.xlsx": [
        (
            2,
            {
                "code": "PR01",
                "controls": ["Awareness week"],
                "inherent": [4, 5],
                "residual": [3, 4],
                "source": "ctlp",
                "theme": "online",
                "title": "Recruitment on social media",
            },
            [],
        ),
        (
            3,
            {
                "code": "PR02",
                "controls": ["Cleaned within a day"],
                "inherent": [5, 2],
                "residual": [3, 2],
                "source": "partner",
                "theme": "community",
                "title": "Stickers in the town centre",
            },
            [],
        ),
        (
            4,
            {
                "code": "PR03",
                "controls": ["Booking form"],
                "inherent": [3, 3],
                "residual": [1, 3],
                "source": "professional",
                "theme": "premises",
                "title": "Hall hire through a third party",
            },
            [],
        ),
        (
            5,
            {
                "code": "PR04",
                "inherent": [4, 4],
                "residual": [2, 3],
                "source": "national",
                "theme": "leadership",
                "title": "Nobody asks the lead",
            },
            [],
        ),
    ],
}
