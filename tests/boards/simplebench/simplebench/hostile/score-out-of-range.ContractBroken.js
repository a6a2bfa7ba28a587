// updated by hand
const leaderboardData = [
  { rank: "-", model: "Human Baseline*", score: "83.7%", organization: "", },
  { rank: "1st", model: "Kittiwake 5", score: "884%", organization: "Saltmarsh", dateAdded: "2026-09-24" },
  { rank: "2nd", model: 'Pochard 2 "400B"',   score: "86.5%", organization: "Mossgate",   dateAdded: "2026-09-03" },
  // { rank: "3rd", model: "Withdrawn", score: "86.4%", organization: "Nobody" },
  { rank: "3rd",  model: "Smew 5",            score: "9.0%", organization: "Orrery", },
];

const modelMeta = { "Kittiwake 5": { released: '2026-09' } };
const openEndedData = [{ rank: "1st", model: "Smew 5", score: "99.9%" }];
