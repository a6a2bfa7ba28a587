const leaderboardDataCreativeWritingV3 = `model_name,elo_score,rubric_score,vocab,slop
*kittiwake-5,1874.2,84.1,