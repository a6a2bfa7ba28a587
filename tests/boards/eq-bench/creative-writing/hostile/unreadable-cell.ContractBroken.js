const leaderboardDataCreativeWritingV3 = `model_name,elo_score,rubric_score,vocab,slop
*kittiwake-5,1874.2,84.1,6.2,1.1
mossgate/Pochard-2-400B-Instruct,n.v.,77.95,5.8,2.6
smew-5-2025-08-07,1540.5,78.3,5.9
ruff-8b,203.7,39`;
