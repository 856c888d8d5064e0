"""The labels of blocks in other languages than English, by the names of the kinds in `kb.content.labels`.

As guides write them over their parts, in small letters: "ursache", "解决方法". To teach the reader one, add it here.
It has to be one that heads nothing else, for a language is not asked for.
"""

from __future__ import annotations

PHRASES = {
    "symptoms": """
        symptom, symptome, fehlerbild, fehlerbeschreibung, problembeschreibung, anzeichen, was sie sehen,
        symptôme, symptômes, description du problème, síntoma, síntomas, descripción del problema, sintoma,
        sintomas, descrição do problema, sintomi, descrizione del problema, symptomen, objaw, objawy,
        opis problemu, симптом, симптомы, описание проблемы, симптоми, опис проблеми, الأعراض, أعراض,
        وصف المشكلة, תסמינים, תיאור הבעיה, 症状, 现象, 問題描述, 问题描述, 問題現象, 现象描述, 現象, 증상
    """,
    "cause": """
        ursache, ursachen, mögliche ursache, mögliche ursachen, grund, fehlerursache, warum das passiert,
        causes possibles, cause possible, origine du problème, causa, causas, posible causa, posibles causas,
        causa possível, causas possíveis, cause possibili, possibili cause, oorzaak, oorzaken, mogelijke oorzaak,
        przyczyna, przyczyny, możliwe przyczyny, причина, причины, возможные причины, причини, السبب, الأسباب,
        أسباب, סיבה, סיבות, הסיבה, 原因, 可能原因, 可能的原因, 考えられる原因, 원인
    """,
    "meaning": """
        bedeutung, was das bedeutet, signification, significado, significato, betekenis, значение, المعنى, 含义,
        意味, 의미
    """,
    "diagnosis": """
        diagnose, prüfung, fehlersuche, diagnostic, diagnóstico, diagnosi, diagnostyka, диагностика, діагностика,
        التشخيص, אבחון, 诊断, 診断, 診斷, 진단
    """,
    "solution": """
        lösung, lösungen, problemlösung, lösungsschritte, behebung, fehlerbehebung, abhilfe, maßnahme, maßnahmen,
        umgehung, umgehungslösung, so beheben sie das problem, was sie tun können, was zu tun ist, résolution,
        résolutions, contournement, solution de contournement, que faire, comment résoudre le problème, solución,
        soluciones, resolución, solución alternativa, qué hacer, cómo solucionarlo, solução, soluções, resolução,
        solução alternativa, o que fazer, como resolver, soluzione, soluzioni, risoluzione,
        soluzione alternativa, cosa fare, come risolvere, oplossing, oplossingen, tijdelijke oplossing,
        wat te doen, rozwiązanie, rozwiązania, obejście, co zrobić, решение, решения, способ устранения,
        устранение, обходное решение, что делать, рішення, вирішення, الحل, الحلول, حلول, حل المشكلة, פתרון,
        פתרונות, הפתרון, 解决方法, 解决方案, 解决办法, 处理方法, 解決方法, 解決策, 解決方案, 対処方法, 対処法,
        対策, 해결, 해결 방법, 해결책
    """,
    "codes": """
        fehlercode, fehlercodes, code d'erreur, codes d'erreur, código de error, códigos de error,
        código de erro, códigos de erro, codice di errore, codici di errore, foutcode, foutcodes, kody błędów,
        коды ошибок, коди помилок, رموز الخطأ, رموز الأخطاء, קודי שגיאה, 错误代码, 错误码, 錯誤代碼,
        エラーコード, 오류 코드
    """,
    "escalation": """
        eskalation, escalade, escalamiento, escalada, escalonamento, escalatie, eskalacja, эскалация, ескалація,
        التصعيد, 升级处理, エスカレーション
    """,
    "path": """
        eskalationsweg, eskalationspfad, eskalationsstufen, chemin d'escalade, ruta de escalamiento,
        escalatiepad
    """,
    "prevention": """
        vorbeugung, vermeidung, prävention, prévention, prevención, prevenção, prevenzione, preventie,
        zapobieganie, профилактика, предотвращение, запобігання, الوقاية, מניעה, 预防, 预防措施, 予防, 再発防止,
        예방
    """,
    "questions": """
        entscheidungsbaum, arbre de décision, árbol de decisión, árvore de decisão, albero decisionale
    """,
    "information": """
        weitere informationen, siehe auch, übersicht, überblick, zusammenfassung, einleitung, einführung,
        hinweise, voraussetzungen, hintergrund, auswirkung, auswirkungen, gilt für, beispiel, beispiele,
        nächste schritte, informations complémentaires, voir aussi, résumé, prérequis, s'applique à,
        más información, véase también, resumen, requisitos, introducción, mais informações,
        veja também, resumo, introdução, ulteriori informazioni, vedi anche, riepilogo, meer informatie, zie ook,
        samenvatting, więcej informacji, zobacz też, дополнительные сведения, додаткова інформація,
        معلومات إضافية, انظر أيضا, انظر أيضًا, מידע נוסף, 更多信息, 相关信息, 另请参阅, 概要, 概述, 背景,
        関連情報, 参考, 추가 정보
    """,
}
