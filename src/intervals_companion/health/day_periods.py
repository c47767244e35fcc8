"""Words for times of day and the hours they may stand at: a bit for each hour, the lowest for midnight.

Written by tools/day_periods.py from CLDR, as Babel has it: do not edit.
"""

# fmt: off
WORDS: dict[int, str] = {
    0x000001: (
        "aadhiraat|canolnos|emesnatës|gauerdia|geceyarısı|gecəyarı|hatinggabi|keskiyö|keskiyöllä|kesköö|"
        "keskööl|kuty-si|lamiezulnopții|medianoite|meia-noite|mesnatë|mezzanotte|middernacht|middernag|midn|"
        "midnat|midnatt|midnight|miezulnopții|min|minuit|mitjanit|mitternacht|miðnætti|mëzaneutte|nửađêm|"
        "opoln|opolnoci|opolnoči|opółnocy|pitunapyterupé|poln|polnoc|polnoč|ponoć|pusnakts|pusnaktī|północ|"
        "půln|půlnoc|saasitazausiku|tengahmalam|vidurnaktis|yarimtun|éjfél|полн|полночь|полноќ|полунощ|поноћ|"
        "північ|түнжарымы|түнортосу|шөнөдунд|яримтун|ҝеҹәјары|կեսգիշեր|կեսգիշերին|חצות|ءتۇنجارىمى|آدھیرات|"
        "فيالمساء|منتصفالليل|نیمهشب|मध्यरात|मध्यरात्र|मध्यरात्रि|ਅੱਧੀਰਾਤ|મધ્યરાત્રિ|நள்ளிரவு|అర్ధరాత్రి|"
        "ಮಧ್ಯರಾತ್ರಿ|അർദ്ധരാത്രി|මැදියම|මැදියමටපසු|เที่ยงคืน|ທ່ຽງຄືນ|သန်းခေါင်ယံ|შუაღამე|შუაღამეს|እኩለሌሊት|"
        "អធ្រាត្រ|午夜|真夜中|자정"
    ),
    0x000006: "ل|ليلاً",
    0x00000E: "بامداد",
    0x00000F: "delanuit|enatës|gajanɩ|gecə|gjn|natë|ночі|ноќ|ноќе|ніч|ҝеҹә",
    0x000010: "fɔŋli",
    0x000018: "அதிகாலை",
    0x00001F: "dienag|nachts|nag|nat|omnatten|znacht|凌晨",
    0x000030: "hajnal|sübh|сүбһ|पहाट|ভোর|ভোরবেলায়|𑄛𑄧𑄖𑄳𑄠𑄃𑄟𑄧𑄣𑄳𑄠𑄬",
    0x000038: "לפנותבוקר|فجرًا|فيالصباح|പുലർച്ചെ|아침",
    0x00003E: "පාන්දර",
    0x00003F: (
        "aðnóttu|damadrugada|delamadrugada|dinotte|entathakusa|goiz|goizald|goizaldea|goizaldeko|kurãge|"
        "madrugada|matinada|nacht|naktis|natt|ngumaga|notte|nótt|pitunaetéramẽ|pånatta|pånatten|umaga|գիշեր|"
        "գիշերը|գիշերվա|ሌሊት|በሌሊት|’snachts"
    ),
    0x000070: "alfajiri|asb|asʊbaa",
    0x0000E0: "早上|清晨",
    0x0001C0: "reggel",
    0x0001F0: "emëngjesit|mëngjes|r|ráno",
    0x0003C0: "ekuseni|jut|morg|påmorgenen|rano|zjut|zjutraj",
    0x0003E0: "aamu|aamulla|morgen|morgens|morgon|ommorgenen|påmorg|påmorgonen",
    0x0003F0: "наутро",
    0x0007C0: "ertalab|sabah|эрталаб",
    0x0007F0: "сутринта",
    0x000800: "öğledenönce",
    0x000C00: (
        "aamup|aamupäivä|aamupäivällä|dopoldan|form|formiddag|förm|omformiddagen|przedpołudnie|przedpołudniem|"
        "påformiddagen|påförm|påförmiddagen|vormittags|претпладне"
    ),
    0x000E00: "dopol|dopoledne|dopoludnia|dopoludnie|délelőtt",
    0x000F00: "朝早",
    0x000F80: "asubuhi|gajaka|gjk",
    0x000FC0: (
        "aðmorgni|damattin|damañá|dimattina|goiza|goizeko|jutro|kusãgki|kuêmaramẽ|madaling-araw|mattin|"
        "mattina|matí|mañá|morgunn|norīta|ochtend|rytas|rīts|səhər|ujutru|сәһәр|таң|таңғы|эртеңменен|өглөө|"
        "առավոտ|առավոտյան|בבוקר|בוקר|تاڭ|تاڭعى|सकाळ|সকাল|সকালবেলায়|ఉదయం|ಬೆಳಗ್ಗೆ|രാവിലെ|උදේ|ตอนเช้า|"
        "ในตอนเช้า|’sochtends|𑄝𑄬𑄚𑄳𑄠𑄬"
    ),
    0x000FE0: "ammorge|dieoggend|dimineața|hommik|hommikul|morge|oggend|காலை|ຕອນເຊົ້າ|ເຊົ້າ|დილ|დილა|დილით",
    0x000FF0: (
        "subah|sáng|ujutro|πρωί|τοπρωί|ранку|ранок|утра|утро|ујутру|јутро|صبح|صبحمیں|बिहान|सुबह|ਸਵੇਰੇ|"
        "સવાર|સવારે|朝"
    ),
    0x000FFF: (
        "1ka|a|adduha|ag|am|amvormittag|an|ankstāinan|antemidí|ap|atm|banhaet|bn|bore|braxkndaax|comme|"
        "damanhã|de|delamañana|delmatin|dinda|dop|dopoldne|dopołdnja|dopołedniŏ|dumat|dumatin|eparadites|fh|"
        "fm|ft|förmiddag|fọmọ́nin|gh|goöň|göň|günortadanöň|hengihengi|hh|hoseng|i/m|iarmade|ib|ibikɛ̂glà|"
        "icheheavo|idiɓa|inthemorning|isuk|iđitbeaivet|iđitbeaivi|kang’ama|karoon|ki|kiroko|kiɛmɛ́ɛm|krn|"
        "kíkíríg|lb|leebi|lumalwak|lwamilawu|ma|makeo|mambia|manhã|maná|mat|matin|mañana|mbaʼámbaʼ|"
        "mbaꞌmbaꞌ|moies|morning|muhi|munkyo|nd|ntufat|ntɔ́ngɔ́|n’ụtụtụ|od|pagi|pagi/siang|pamilau|paradite|"
        "pd|pg|pg/sg|piopensuno|priekšp|priekšpusdiena|priekšpusdienā|priešpiet|prijepodne|prīškpušdīnē|rn|rw|"
        "rũ|sa|saaku|safiya|sf|sokallim|soodo|sub|subaka|subbaahi|sárúwá|taparachu|tesiran|tifawt|to|too|"
        "uhrvörmiddaachs|ulloqeqqata-tungaa|uluchelo|utuko|vaasisu|vm|vorm|vormittag|vörmeddaach|wd|wichishu|"
        "yb|ybore|zdatazal|zmu|àárɔ̀|àárọ̀|ĩyakwakya|ŋdi|ǁgoagas|ɛnkakɛnyá|ʊshilèkʊboɖu|πμ|ам|апоўначы|дп|"
        "обедтэикеле|преподне|претпл|пријеподне|проб|таңкы|то|тң|эи|үө|ӕмбисбоныразмӕ|לפנה״צ|פֿאַרמיטאָג|"
        "اےایم|بن|تد|ص|صباحا|صباحًا|صبح،منجهند|غم|قبلازظهر|قظ|چب|چۈشتىنبۇرۇن|ܩܛ|ߛ|एएम|तडके|दुपहरब्रोंठ|"
        "पूर्वाह्न|फुं|भोर|भ्यागा|मपू|येएम|सकाळीं|सबेरे|सवेर|सुबुहजा|এএম|নুমাং|পূর্বাহ্ণ|ਪੂਦੁ|"
        "પૂર્વમધ્યાહ્ન|ଏଏମ|ପୂର୍ବାହ୍ନ|முற்பகல்|ఎఎమ్|පෙව|ก่อนเที่ยง|ກ່ອນທ່ຽງ|སྔ་ཆ་|སྔ་དྲོ་|နံနက်|ማለዶ|ቀደምሰርምዕል|"
        "ቅቀ|ጥዋት|ጽባሕ|ፋዱስጃብ|ᏌᎾᎴ|ᐁᒼ|ᐊᒼ|នៅពេលព្រឹក|ព្រឹក|ᠦ᠂ᠥ|ᱥᱮᱛᱟᱜ|ⵜⵉⴼⴰⵡⵜ|上午|午前|ꎸꄑ|오전|𐐰𐑋|𐑨𐑥|𞤢𞤰"
    ),
    0x001000: (
        "adhuhuri|amiază|canoldydd|delmediodía|domediodía|dél|emesditës|günorta|hádegi|iandé-ara-pyturepé|"
        "keskip|keskipäivä|keskipäivällä|keskpäev|keskpäeval|kurã-kuju|laamiază|madhyanh|mediodía|meio-dia|"
        "mesditë|mezzogiorno|midday|midi|migdia|mittags|mëzogiorno|napol|napoludnie|noon|opold|opoldne|"
        "perpiet|podne|pol|pold|poldne|poledne|poludnie|południe|pusd|pusdienlaiks|pusdienlaikā|"
        "saasitazamchana|tanghaling-tapat|tr|trưa|tushpayti|vidurdienis|wpołudnie|öğle|напладне|пладне|подне|"
        "полд|полдень|полудень|талтүс|тушпайти|түскі|чактүш|ҝүнорта|үддунд|կեսօր|կեսօրին|ءتالتۇس|تالءتۇس|"
        "تۇسكى|ظهر|ظهرًا|मध्यान्ह|நண்பகல்|ഉച്ച|මධ්යාහ්නය|ตอนบ่าย|เที่ยง|ในตอนบ่าย|ຕອນທ່ຽງ|ທ່ຽງ|မွန်းတည့်|"
        "შუადღ|შუადღე|შუადღეს|ቀትር|ᎢᎦ|ថ្ងៃត្រង់|中午|正午|정오"
    ),
    0x001C00: "emini",
    0x001FFF: "m",
    0x003000: "eguerd|eguerdia|eguerdiko|mittag|tengahhari|zmittag|ŋdɔ|மதியம்|ഉച്ചയ്ക്ക്|දවල්",
    0x003800: "наобяд",
    0x004000: "ഉച്ചതിരിഞ്ഞ്",
    0x007C00: "siang",
    0x00E000: "บ่าย",
    0x00F000: (
        "alasiri|dopahar|gshk|gɩshilikɔnɔ|hapon|mchana|nghapon|בצהריים|צהריים|دوپہر|دوپہرمیں|अपरान्ह|दुपार|"
        "दोपहर|দুপুর|দুপুরবেলায়|ਦੁਪਹਿਰੇ|બપોર|બપોરે|ຕອນບ່າຍ|ສວາຍ|နေ့လယ်|昼|𑄘𑄨𑄝𑄪𑄎𑄳𑄠"
    ),
    0x01F000: "gündüz|μεσημ|μεσημέρι|τομεσημέρι|ҝүндүз",
    0x030000: "אחרהצהריים|سہپہر|বিকাল|மாலை|ตอนเย็น|ในตอนเย็น|𑄝𑄬𑄣𑄳𑄠𑄬",
    0x038000: "sore|വൈകുന്നേരം",
    0x03C000: "следобед|හවස",
    0x03E000: "nachmittag|nachmittags|بعدالظهر",
    0x03F000: (
        "afternoon|apm|après-midi|chiều|delpomeriggio|del’apm|del’après-midi|diemiddag|diena|dipomeriggio|"
        "dopoidisnâ|după-amiaza|délután|efterm|eftirhádegi|etterm|ettermiddag|iltap|iltapäivä|iltapäivällä|"
        "intheafternoon|middag|odpoledne|omeftermiddagen|poidisnâ|pomeriggio|popietė|popod|popol|popoldan|"
        "popoludnie|popoludní|popołudnie|popołudniu|poslijepodne|prynhawn|pärastlõuna|pärastlõunal|påefterm|"
        "påeftermiddagen|påettermiddagen|síðdegis|yprynhawn|öğledensonra|день|дня|попладне|попод|послийеподне|"
        "түстенкейін|түстенкейінгі|түштөнкийин|уподне|өдөр|ցերեկ|ցերեկը|ցերեկվա|تۇستەنكەيىن|تۇستەنكەيىنگى|"
        "మధ్యాహ్నం|ಮಧ್ಯಾಹ್ನ|ნაშუადღ|ნაშუადღევი|ნაშუადღევს|នៅពេលរសៀល|រសៀល|’smiddags"
    ),
    0x03F800: "kunduzi|кундузи",
    0x040000: "akşamüstü|സന്ധ്യ",
    0x060000: "axşamüstü|ахшамүстү",
    0x070000: "jioni|साँझ|夕方",
    0x07C000: "arrats|arratsaldea|arratsaldeko|petang",
    0x07E000: "ntambama|tarda|vesprada|بعدازچاشت|عصر|下昼|下晝",
    0x07F000: "karukaramẽ|rãkãnhkỹ",
    0x0C0000: "شام|شاممیں|সন্ধ্যা|সন্ধ্যাবেলায়|𑄥𑄎𑄧𑄚𑄳𑄠",
    0x0E0000: "απόγ|απόγευμα|τοαπόγευμα",
    0x0F0000: "gtsh|gɩteŋshile|shaam|शाम|સાંજ|સાંજે|ຕອນແລງ|ແລງ",
    0x180000: "akşam|iluntz|iluntzea|iluntzeko|vespre",
    0x1C0000: (
        "este|fiẽ|intheevening|navečer|tối|uveče|veče|wieczorem|wieczór|вече|кечинде|кечкурун|кеш|кешкі|"
        "орой|увече|كەش|كەشى|அந்திமாலை|సాయంత్రం|ಸಂಜೆ|ค่ํา|საღ|საღამო|საღამოს|នៅពេលល្ងាច|ល្ងាច|저녁"
    ),
    0x1F0000: "evening|संध्याकाळ|ਸ਼ਾਮ|ਸ਼ਾਮੀਂ",
    0x380000: "बेलुकी",
    0x3C0000: "daseia|kechqurun|seara|seia|več|večer|zveč|zvečer|веч|вечера|вечерта|кечқурун|בערב|ערב",
    0x780000: "夜",
    0x7C0000: "illalla|ilta|vakars|vakarā|õhtu|õhtul",
    0x80000F: "夜中",
    0x80001F: "yö|yöllä|öösel",
    0x80003F: "nakts|naktī",
    0x800FFF: "öö",
    0xC00007: "בלילה|לילה",
    0xC0000F: "vn|vnoci|ночи|ночь|презнощта",
    0xC0001F: "noaptea",
    0xC0003F: "daneutte|kechasi|neutte|noč|ponoči|кечаси",
    0xE00000: "atnight|gaua|gaueko|nit|នៅពេលយប់|យប់",
    0xE00007: "இரவு|밤",
    0xE0000F: "ponoći|zã|éjjel|đêm|रात्र|ਰਾਤ|ਰਾਤੀਂ",
    0xE0001F: "ღამ|ღამე|ღამით",
    0xE0003F: "gece|noc|noć|noću|wnocy|ноћ|ноћу|түн|түнгі|түничинде|шөнө|ءتۇن|تۇنگى|రాత్రి|ರಾತ್ರಿ|กลางคืน",
    0xF00000: "delanoche|gjb|gɩjibɔŋɔ|noche",
    0xF0000F: "night|raat|βράδυ|τοβράδυ|رات|راتمیں|रात|রাত্রি|রাত্রিবেলায়|રાત્રિ|રાત્રે|𑄢𑄬𑄖𑄴",
    0xF0001F: "ກາງຄືນ|ຕອນກາງຄືນ",
    0xF80000: "axşam|ebusuku|kutykỹ|noite|pitunaramẽ|ахшам|شب|ည|夜晚|晚上",
    0xF80001: "danoite",
    0xF80007: "രാത്രി",
    0xF8000F: "usiku",
    0xFC0000: (
        "aabig|aand|abend|abends|aften|avond|aðkvöldi|dieaand|disera|dusoir|embrëmjes|kveld|kväll|kvöld|"
        "malam|mbrëmje|omaftenen|påkvelden|påkvällen|sera|vakaras|yrhwyr|zaabig|вечер|вечора|вечір|навечер|"
        "երեկո|երեկոյան|රෑ|ምሽት|በምሽት|’savonds"
    ),
    0xFF0000: "gabi|nggabi",
    0xFFF000: (
        "2ja|ak|akasuba|aluula|amnamittag|anw|banringzgvaq|baubaukndaax|carra|ch|chilo|cɛɛ́nko|datarde|"
        "delatarde|desira|dilolo|du|e/m|ea|eahketbeaivet|eahketbeaivi|eb|ebongi|ebyámu|efiafi|eftermade|"
        "eftermiddag|eh|eigulo|em|ep|epasdites|ew|f|fi|fọívnin|gd|gm|gosoň|gsoň|günortadansoň|hawwaro|"
        "hwaĩ-inĩ|ichamthi|in|ip|iɓugajɔp|kikiiɗe|kingoto|kisɛ́ndɛ|koosk|kooskoliny|kugú|kyiukonyi|lilli|lk|"
        "lumalwap|makaaripi|mchochil’l|md|mo|mog|mpókwa|muu|nachm|nam|namittag|ncwònzém|ngo|ngəgógəle|nm|"
        "nommendaach|nomëttes|ntmeddit|nyiaghuo|n’abali|n’abalị|odp|ot|p|pamunyi|papussideinan|pasdite|"
        "pashamihe|piecpušdīnē|pipinisuno|pm|pn|pop|popiet|popodne|popoldne|popołdnju|popołedniu|posmidí|ptg|"
        "ptm|pēcp|pēcpusd|pēcpusdiena|pēcpusdienā|sanje|shwane|sn|soir|soré/malem|sr/mlm|tadggwat|tarde|"
        "teipa|thapama|tk|tŋ|uhrnommendaachs|uk|ulloqeqqata-kingorna|wb|wengi|wótp|wótpołdnja|yamma|yh|ym|"
        "zaarikayb|zmw|ös|ĩyawĩoo|ŋkambɔ́tnji|ũg|ǃuias|ɔ̀sán|ɛndámâ|ɣetrɔ|ʊshilèkʊsasʊ|μμ|апоўдні|"
        "обедтэмейле|пм|попл|поподне|послијеподне|пп|слоб|тк|түштөнкийинки|эк|үх|ӕмбисбоныфӕстӕ|אחה״צ|"
        "נאָכמיטאָג|بظ|بعدازظهر|تك|دن|شام،منجهند|غو|م|مساء|مساءً|منجهند،شام|پیایم|چك|چۈشتىنكېيىن|ܒܛ|ߥ|"
        "अपराह्न|दपेहरा/संजा|दपैहरबाद|दुपहरपतॖ|पीएम|बेलासे|मउ|शामजा|सांजे|सांझ|सांम|स’ञ|অপরাহ্ণ|পিএম|ਬਾਦੁ|"
        "ઉત્તરમધ્યાહ્ન|ଅପରାହ୍ନ|ପିଏମ|பிற்பகல்|పిఎమ్|පව|หลังเที่ยง|ຫຼັງທ່ຽງ|ཕྱི་ཆ་|ཕྱི་དྲོ་|ညနေ|ሓቆስርምዕል|ምሴት|"
        "ቃማ|ከሰዓት|ድቀ|ፋዱስደምቢ|ᏒᎯᏱᎢ|ᏒᎯᏱᎢᏗᏢ|ᐲᒼ|ᠦ᠂ᠬᠣ|ᱧᱤᱫᱟᱹ|ḍeffiraza|ọ̀sán|ⵜⴰⴷⴳⴳⵡⴰⵜ|下午|午後|ꁯꋒ|오후|𐐹𐑋|𐑐𐑥|𞤩𞤰"
    ),
    0xFFFFFF: "ut",
}
