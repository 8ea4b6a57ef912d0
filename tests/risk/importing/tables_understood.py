"""What is read from each file of tests/risk/registers whose table lies in an unusual way: row, values, and remarks."""

TABLES = {
    "headings-again-and-totals.xlsx": [
        (5, {"code": "1", "owner": "Priya Ravindran", "residual": [3, 3], "title": "Partners miss meetings"}, []),
        (6, {"code": "2", "residual": [2, 4], "title": "Concerns are not shared in time"}, []),
        (10, {"code": "3", "owner": "Nobody Known", "residual": [4, 4], "title": "The work rests on one person"}, []),
    ],
    "merged-cells.xlsx": [
        (
            3,
            {
                "code": "A1",
                "controls": ["Library filter", "Guest network filter", "Awareness campaign"],
                "owner": "Priya Ravindran",
                "theme": "online",
                "title": "Residents are drawn in online",
            },
            [],
        ),
        (
            6,
            {
                "code": "A2",
                "controls": ["Acceptable use policy"],
                "owner": "Priya Ravindran",
                "theme": "online",
                "title": "Staff devices open harmful content",
            },
            [],
        ),
        (
            9,
            {
                "code": "B1",
                "controls": ["Checks before each booking"],
                "theme": "premises",
                "title": "A hall is hired by an extremist group",
            },
            [],
        ),
        (
            10,
            {"code": "B2", "controls": ["Patrols"], "theme": "premises", "title": "A park is used without a booking"},
            [],
        ),
    ],
    "semicolons-of-windows.csv": [
        (
            2,
            {
                "code": "C1",
                "controls": ["Staff notice", "weekly check"],
                "next_review_on": "2027-01-31",
                "residual": [3, 4],
                "title": "Café – posters “read this”",
            },
            [],
        ),
        (4, {"code": "C3", "residual": [1, 1], "title": "A risk; with a semicolon"}, []),
    ],
    "several-sheets.xlsx": [
        (2, {"code": "K1", "residual": [2, 4], "theme": "leadership", "title": "Key person leaves"}, []),
        (
            3,
            {"code": "K2", "residual": [1, 5], "theme": "third_parties", "title": "Funding reaches an extremist body"},
            [],
        ),
    ],
    "tabs-in-utf-16.csv": [
        (
            2,
            {
                "code": "C1",
                "controls": ["Staff notice", "weekly check"],
                "next_review_on": "2027-01-31",
                "residual": [3, 4],
                "title": "Café radicalisé – posters “read this”",
            },
            [],
        ),
        (
            3,
            {
                "code": "C2",
                "controls": ["Filter, tested"],
                "residual": [2, 5],
                "title": "Pobl yn cael eu denu ar-lein ŵ ŷ",
            },
            [],
        ),
        (5, {"code": "C3", "residual": [1, 1], "title": "A risk; with a semicolon"}, []),
    ],
    "two-lines-of-headings.xlsx": [
        (
            4,
            {
                "cause": "Guests nobody knows",
                "code": "7",
                "controls": ["Union checks guests"],
                "inherent": [4, 5],
                "next_review_on": "2027-01-31",
                "owner": "Priya Ravindran",
                "residual": [3, 4],
                "target": [2, 2],
                "title": "A student society is used to recruit",
            },
            [],
        ),
        (
            5,
            {
                "cause": "Led by somebody unknown",
                "code": "8",
                "controls": ["Chaplain visits"],
                "inherent": [3, 3],
                "residual": [3, 3],
                "title": "Prayer space without oversight",
            },
            [("residual_score", "score_differs")],
        ),
    ],
}
