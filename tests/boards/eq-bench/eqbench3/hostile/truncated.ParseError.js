// rendered on the client
const leaderboardDataJudge = `model_name,score
not-this-one,1.0`;
const leaderboardDataEQBench3 = `model_name,elo_norm,rubric_0_100,humanlike,safe,assertive,social_iq,warm,analytical,insightful,empathy,compliant,moral,pragmatic,ci_low_norm,ci_high_norm
*kittiwake-5,1961.0,86.8,16.9,14.1,12.2,17.6,14.0,17.9,18.2,17.5,9.9,9.1,15.9,1897.4,2024.6
mossgate/Pochard-2-400B-Instruct,1565.4,80.1,15.1,12.0,13.3,16.0,12.7,16.9,16.8,1