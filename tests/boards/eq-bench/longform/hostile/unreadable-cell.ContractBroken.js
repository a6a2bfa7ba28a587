const leaderboardDataLongformV3 = `model_name,overall_score_100,length,slop,repetition,degradation
*kittiwake-5,see below,52340,9.1,4.2,0.11
mossgate/Pochard-2-400B-Instruct,70.85,31287,14.7,5.0,0.46
smew-5-2025-08-07,70.85,40011,12,4.9,0.2
ruff-8b,22,18022,31.9`;
