"""The words of headers in other languages, with the English word for each."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS = """
    score: 得分 分数 分數 评分 評分 スコア 得点 点数 점수 스코어 балл баллы оценка очки punktzahl puntuación puntaje pontuação
        punteggio βαθμολογία الدرجة skor puan wynik poäng
    points: 积分 積分 ポイント 포인트 勝点 勝ち点 승점 punkte punkty pkt pkte puntos ptos pontos punti очков النقاط نقاط
    overall: 总分 總分 综合 綜合 总体 總體 整体 総合 종합 전체 общий общая общее итог итого gesamt gesamtpunktzahl général
        celkem
    average: 平均 平均分 평균 средний средняя среднее durchschnitt mittelwert moyenne moyen promedio média ortalama
        średnia
    rank: 序号 序號 番号 번호 排名 名次 排行 順位 ランク ランキング 순위 랭킹 등수 место ранг позиция rang platz pl puesto
        posición posição
        classement κατάταξη الترتيب المركز sıra miejsce plats
    model: 模型 モデル 모델 модель модели моделей modell modelle modèle modèles modelo modelos modello modelli μοντέλο النموذج
    name: 名称 名稱 名字 名前 이름 название имя nom nombre nome όνομα الاسم
    player: 选手 選手 球员 球員 선수 игрок spieler joueur jugador jogador giocatore zawodnik oyuncu speler spelare coureur
        fahrer corredor гонщик
    team: 球队 球隊 团队 隊伍 队伍 チーム 팀 команда mannschaft verein équipe equipo equipe squadra drużyna klub takım ploeg lag
        الفريق
    song: 曲名 楽曲 歌曲 歌名 곡명 노래 песня chanson canción canção canzone
    artist: アーティスト 歌手 아티스트 가수 исполнитель künstler interprète artista
    views: 再生回数 再生数 播放量 播放次数 点击量 조회수 просмотры aufrufe vues visualizaciones visualizzazioni
    losses: 敗 负 負 패 поражения niederlagen défaites derrotas sconfitte خسر
    country: 国家 國家 国 국가 страна land pays país paese kraj ülke
    price: 价格 價格 単価 价钱 価格 料金 가격 цена preis prix precio preço prezzo السعر fiyat cena
    cost: 成本 费用 費用 コスト 비용 стоимость затраты kosten coût costo custo
    accuracy: 准确率 準確率 准确度 正确率 正確率 正解率 정확도 정답률 точность genauigkeit exactitude ακρίβεια الدقة
    latency: 延迟 延遲 时延 時延 遅延 レイテンシ レイテンシー 지연 지연시간 задержка latenz latence latencia latência
    time: 时间 時間 用时 用時 耗时 耗時 시간 время zeit dauer temps tiempo tempo czas süre tijd tid
    ms: мс 毫秒 ミリ秒 밀리초
    speed: 速度 속도 скорость geschwindigkeit vitesse velocidad velocità
    votes: 票数 票數 投票数 得票数 투표수 득표수 голоса голосов stimmen votos voti
    downloads: 下载量 下載量 下载 下載 ダウンロード数 ダウンロード 다운로드 다운로드수 скачивания скачиваний загрузки
    rating: 等级分 等級分 レーティング レート 레이팅 평점 рейтинг wertung bewertung calificación
    error: 错误 錯誤 誤り エラー 오류 오차 ошибка ошибки ошибок fehler erreur erreurs errores errori
    rate: 率 율 률 доля taux tasa taxa tasso
    wins: 胜 勝 胜利 勝利 승 победы побед victoires victorias vitórias vittorie فاز
    organization: 机构 機構 组织 組織 公司 开发者 開発者 开发商 開発元 提供商 提供元 厂商 廠商 会社 기관 회사 개발사
        организация компания разработчик hersteller anbieter entreprise empresa azienda الشركة
    license: 许可证 許可證 许可 ライセンス 라이선스 лицензия lizenz licencia licença licenza
    input: 输入 輸入 入力 입력 вход ввод eingabe entrée entrada
    output: 输出 輸出 出力 출력 выход вывод ausgabe sortie salida saída
    released: 发布日期 發布日期 发布 發布 公開日 リリース日 출시일 출시
    date: 日期 日付 날짜 дата datum fecha
    context: 上下文 コンテキスト 컨텍스트 контекст
    parameters: 参数量 參數量 参数 參數 パラメータ パラメータ数 매개변수 파라미터 параметры параметров
    reasoning: 推理 推論 추론 рассуждения
    coding: 代码 代碼 编程 編程 プログラミング コーディング 코딩 код программирование
    mathematics: 数学 數學 수학 математика mathematik mathématiques matemáticas matematica
    human: 人类 人類 人間 인간 사람 человек человека люди mensch menschen menschlich humain humaine humains humano humana
        humanos umano umana insan mens människa człowiek إنسان الإنسان بشر البشر मानव मनुष्य मानवीय মানুষ মানব انسان انسانی
    average: متوسط المتوسط औसत মধ্যমান গড় اوسط średnio gemiddelde medel médio média
    median: 中位数 中位數 中央値 중앙값 медиана mediana médiane mediano الوسيط माध्यिका মধ্যমা
    total: 合计 合計 总计 總計 합계 итого всего gesamtsumme summe suma somme soma المجموع कुल योग মোট کل
    random: 随机 隨機 ランダム 무작위 случайный zufall aléatoire aleatorio aleatório عشوائي यादृच्छिक এলোমেলো
    baseline: 基线 基線 ベースライン 베이스라인 базовый referenzwert référence
    """


def _read(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    english = ""
    for word in text.split():
        if word.endswith(":"):
            english = word[:-1]
        else:
            found[word] = english
    return found


FOREIGN: Mapping[str, str] = _read(_WORDS)
"""Word of a header → the English word."""
LONGEST = max(map(len, FOREIGN))
