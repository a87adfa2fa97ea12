"""Invented names: companies, people, products. None of them exists; any likeness is chance."""

# (English, Chinese, industry, region, country)
STORY_ACCOUNTS = {
    "nine_rivers": ("Nine Rivers Rail", "九川轨道", "Rail equipment", "East", "CN"),
    "nine_rivers_group": ("Nine Rivers Group", "九川集团", "Rail equipment", "East", "CN"),
    "nine_rivers_signal": ("Nine Rivers Signalling", "九川信号", "Rail equipment", "North", "CN"),
    "kite_valley": ("Kite Valley Motors", "鸢谷汽车", "Vehicles", "East", "CN"),
    "moon_harbour": ("Moon Harbour Shipping", "月港航运", "Shipping", "East", "CN"),
    "saltmarsh": ("Saltmarsh Chemicals", "盐沼化工", "Chemicals", "East", "CN"),
    "tin_whistle": ("Tin Whistle Appliances", "锡笛家电", "Appliances", "South", "CN"),
    "starling": ("Starling Logistics", "椋鸟物流", "Logistics", "East", "CN"),
    "old_ferry": ("Old Ferry Foods", "古渡食品", "Food", "East", "CN"),
    "lantern_bay": ("Lantern Bay Hospital", "灯湾医院", "Health care", "South", "CN"),
    "quarrystone": ("Quarrystone Tools", "石矿工具", "Machine tools", "International", "DE"),
    "cloudkiln": ("Cloudkiln Ceramics", "云窑陶瓷", "Ceramics", "South", "CN"),
    "gu_heng": ("Gu Heng, Riverside Builders' Circle", "顾衡（滨江建材联谊会）", "Construction", "East", "CN"),
    "paper_crane": ("Paper Crane Foods", "纸鹤食品", "Food", "East", "CN"),
}
FIRST_EN = (
    "Amber Ash Birch Blue Bright Cedar Clear Copper Coral Crane Dove Drift East Elm Ember Falcon Fern Flint "
    "Fox Glass Granite Grey Harbour Hazel Heron High Iron Ivory Jade Juniper Kestrel Lark Linden Long Maple "
    "Marsh Mill North Oak Old Olive Opal Otter Pearl Pine Plover Quartz Quiet Raven Red River Robin Rowan "
    "Sable Sage Silver Slate Spruce Stone Swift Teal Thorn Timber Topaz Vale West White Willow Wren"
).split()
SECOND_EN = (
    "Bay Bridge Brook Cliff Coast Cove Creek Dale Delta Field Ford Forge Gate Glen Grove Haven Hill Hollow "
    "Isle Lake Landing Meadow Mesa Moor Peak Pier Plain Point Pond Port Quay Ridge Rock Shore Spring Terrace "
    "Valley Weir Wharf Wood"
).split()
INDUSTRIES = {
    "Machine tools": ("Machine Works", "机床"),
    "Vehicles": ("Motors", "汽车"),
    "Chemicals": ("Chemicals", "化工"),
    "Food": ("Foods", "食品"),
    "Energy": ("Energy", "能源"),
    "Logistics": ("Logistics", "物流"),
    "Mining": ("Mining", "矿业"),
    "Textiles": ("Textiles", "纺织"),
    "Electronics": ("Electronics", "电子"),
    "Construction": ("Building Systems", "建设"),
    "Paper": ("Paper", "纸业"),
    "Pharmaceuticals": ("Pharma", "制药"),
}
FIRST_ZH = (
    "云 海 星 岚 松 柏 竹 溪 江 河 湖 岭 峰 谷 原 林 石 玉 金 银 铜 铁 青 赤 白 墨 朝 "
    "暮 晴 雪 霜 露 雁 鹤 鹭 鲸 鹿 麟 舟 帆"
).split()
SECOND_ZH = ("川 湾 桥 港 渡 岸 洲 屿 坪 塘 泉 滩 关 城 坊 里 亭 台 阁 园 野 陵 丘 崖 洞 渊 潭 浦 汀 溆").split()
SURNAMES_ZH = (
    "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 "
    "于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕"
).split()
GIVEN_ZH = (
    "砚秋 若棠 明河 知远 一舟 小满 平安 子墨 书言 景行 清和 望舒 牧之 云舒 怀瑾 思远 嘉树 沐阳 "
    "静姝 承宇 雨桐 向晚 乐之 南星 时雨 北辰 长青 素问 予安 亦欢 修远 其琛 晏如 疏影 听澜 千帆 "
    "远山 初阳 凌霜 采薇"
).split()
GIVEN_EN = (
    "Ada Anders Anika Bruno Carla Daan Elif Emil Farah Felix Greta Hana Henrik Ines Ivo Jonas Kaia Lars Lena "
    "Luca Maren Mateo Mila Nadia Noor Oskar Petra Rafael Rosa Sami Selma Sofia Stefan Tariq Tomas Vera Viktor "
    "Yara Zoe"
).split()
SURNAMES_EN = (
    "Albrecht Andersson Bakker Bauer Castellan Dahl Delacroix Eriksen Falk Ferreira Grieg Haas Hartmann "
    "Iversen Jansen Keller Lindqvist Marchetti Meyer Moreau Nieminen Novak Okafor Olsen Petrov Quist Ramos "
    "Rossi Santoro Schreiber Solberg Tanaka Thorne Ullman Varga Wagner Winter Yilmaz Zeller"
).split()

TITLES = {
    "decision_maker": (("General manager", "总经理"), 1),
    "buyer": (("Purchasing director", "采购总监"), 2),
    "finance": (("Finance director", "财务总监"), 2),
    "technical_evaluator": (("Chief engineer", "总工程师"), 2),
    "user": (("Head of maintenance", "设备主管"), 3),
    "gatekeeper": (("Assistant to the general manager", "总经理助理"), 3),
    "influencer": (("Production manager", "生产经理"), 2),
    "coach": (("Project engineer", "项目工程师"), 3),
}
DEPARTMENTS = {
    "decision_maker": ("Management", "管理层"),
    "buyer": ("Purchasing", "采购部"),
    "finance": ("Finance", "财务部"),
    "technical_evaluator": ("Engineering", "技术部"),
    "user": ("Maintenance", "设备部"),
    "gatekeeper": ("Management", "管理层"),
    "influencer": ("Production", "生产部"),
    "coach": ("Engineering", "技术部"),
}

# code, name, category, unit, list price in ¥, cost rate
PRODUCTS = [
    ("BRG-6204", "Deep groove bearing 6204", "Bearings", "pcs", "38", 0.62),
    ("BRG-22218", "Spherical roller bearing 22218", "Bearings", "pcs", "860", 0.64),
    ("BRG-CER", "Hybrid ceramic bearing", "Bearings", "pcs", "2450", 0.55),
    ("DRV-04", "Servo drive 0.4 kW", "Drives", "pcs", "3180", 0.68),
    ("DRV-22", "Frequency converter 22 kW", "Drives", "pcs", "9800", 0.70),
    ("DRV-90", "Frequency converter 90 kW", "Drives", "pcs", "36500", 0.71),
    ("GBX-07", "Helical gear unit size 07", "Gear units", "pcs", "6400", 0.66),
    ("GBX-12", "Helical gear unit size 12", "Gear units", "pcs", "18900", 0.67),
    ("SEL-S", "Shaft seal set S", "Seals", "set", "120", 0.48),
    ("SEL-L", "Shaft seal set L", "Seals", "set", "310", 0.49),
    ("SNS-VIB", "Vibration sensor", "Sensors", "pcs", "1350", 0.52),
    ("SNS-TMP", "Temperature sensor", "Sensors", "pcs", "420", 0.50),
    ("LIN-20", "Linear guide 20", "Linear motion", "m", "780", 0.60),
    ("LIN-35", "Linear guide 35", "Linear motion", "m", "1480", 0.61),
    ("LUB-1", "Bearing grease 1 kg", "Lubricants", "kg", "95", 0.45),
    ("LUB-20", "Gear oil 20 l", "Lubricants", "l", "640", 0.47),
    ("SRV-INS", "Inspection day", "Services", "day", "4200", 0.58),
    ("SRV-MON", "Condition monitoring, year", "Services", "year", "28000", 0.40),
]

TEAMS = [
    ("Head office", None),
    ("China", "Head office"),
    ("East", "China"),
    ("South", "China"),
    ("North", "China"),
    ("International", "Head office"),
]
DEPARTMENTS_OURS = ["Sales", "Service", "Finance", "Product"]

# login, name, role, team, department, level, language
PEOPLE = [
    ("rep", "陈曦", "rep", "East", "Sales", 3, "en"),
    ("manager", "周雯", "manager", "China", "Sales", 2, "en"),
    ("admin", "Priya Raman", "admin", "Head office", "Sales", 2, "en"),
    ("executive", "沈怀远", "executive", "Head office", "Sales", 1, "en"),
    ("lin", "林子航", "rep", "East", "Sales", 3, "zh-hans"),
    ("zhao", "赵一鸣", "rep", "South", "Sales", 3, "zh-hans"),
    ("fang", "方可", "rep", "South", "Sales", 3, "zh-hans"),
    ("bai", "白露", "rep", "North", "Sales", 3, "zh-hans"),
    ("bellini", "Marco Bellini", "rep", "International", "Sales", 3, "en"),
    ("okoye", "Nkem Okoye", "rep", "International", "Sales", 3, "en"),
    ("marsh", "Elena Marsh", "manager", "International", "Sales", 2, "en"),
    ("tang", "唐果", "service", "China", "Service", 3, "zh-hans"),
]

YUAN_PER_UNIT = (("USD", "7.12"), ("EUR", "7.75"))
