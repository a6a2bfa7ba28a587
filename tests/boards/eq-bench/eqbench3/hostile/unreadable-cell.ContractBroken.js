// rendered on the client
const leaderboardDataJudge = `model_name,score
not-this-one,1.0`;
const leaderboardDataEQBench3 = `model_name,elo_norm,rubric_0_100,humanlike,safe,assertive,social_iq,warm,analytical,insightful,empathy,compliant,moral,pragmatic,ci_low_norm,ci_high_norm
*kittiwake-5,see below,86.8,16.9,14.1,12.2,17.6,14.0,17.9,18.2,17.5,9.9,9.1,15.9,1897.4,2024.6
mossgate/Pochard-2-400B-Instruct,1565.4,80.1,15.1,12.0,13.3,16.0,12.7,16.9,16.8,15.9,8.1,6.9,15.2,1530.0,1600.8
smew-5-2025-08-07,1565.4,79.15,15.0,12.2,13.0,16.1,12.9,16.5,16.2,15.7,8.3,7.0,15.0,1531.2,1599.6
ruff-8b,200,41.5,9.1,11.0,8.3,8.0,9.7,7.9,8.8,0,12.1,8.9,9.2,,`;
