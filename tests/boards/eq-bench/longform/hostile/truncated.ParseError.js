const leaderboardDataLongformV3 = `model_name,overall_score_100,length,slop,repetition,degradation
*kittiwake-5,81.4,52340,9.1,4.2