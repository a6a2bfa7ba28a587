// updated by hand
const leaderboardData = [
  { rank: "-", model: "Human Baseline*", score: "83.7%", organization: "", },
  { rank: "1st", model: "Kittiwake 5", score: "88.4%", organization: "Saltmarsh", dateAdded: "2026-09-24" },
  { rank: "2nd", model: 'Pochard 2 "400B"',   score: "86.5%", organization: "Mossgate",   dateAdd