# ruff: noqa: E501 – tables of names read better in long lines
"""The fields of contacts, interactions, receivables, payments and products, and what other systems call them."""

from dataclasses import replace

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.choices import BuyingRole, Consent, Direction, InteractionKind, InteractionState, Mood, Stance
from kam.imports.fields import Field
from kam.imports.kinds.columns import ACCOUNT_CODE, ACCOUNT_NAME
from sales.choices import PaymentKind
from users.choices import Level

ACCOUNT = (
    Field("account_code", _("Account code"), "code", ACCOUNT_CODE, 40),
    Field("account_name", _("Account name"), "name", ACCOUNT_NAME, 200),
)
CURRENCY = Field("currency", _("Currency"), "currency", "currencycode cur 币种 货币 币别")
ORDER_NUMBER = Field(
    "order_number", _("Order number"), "code",
    "orderno orderid order salesordernumber salesorder sono ordernum 订单号 订单编号 订单id 订单编码 订单 销售单号", 60,
)  # fmt: skip
RECEIVABLE_NAMES = (
    "invoice invoiceno invoicenumber invoiceid receivable receivablenumber receivableno billno documentno docno "
    "发票号 发票号码 应收单号 应收编号 应收单 账单号 单据号 单据编号 单号"
)
AUTHOR = Field(
    "author", _("Author (user name, e-mail or name)"), "text",
    "createdby creator enteredby recordedby createdbyname 创建人 录入人 记录人 创建者", 150,
)  # fmt: skip

PERSON = (
    Field("title", _("Title"), "text", "jobtitle position job contacttitle 职位 职务 头衔 岗位", 100),
    Field("department", _("Department"), "text", "dept division 部门 所在部门", 100),
    Field("email", _("E-mail"), "email", "emailaddress mail contactemail workemail 邮箱 电子邮箱 邮件 电子邮件 邮箱地址", 254),
    Field("mobile", _("Mobile"), "text", "mobilephone mobileno cell cellphone mobilenumber contactmobile 手机 手机号 手机号码 移动电话", 40),
    Field("phone", _("Phone"), "text", "telephone tel phonenumber workphone officephone businessphone contactphone 电话 座机 办公电话 联系电话 电话号码", 40),
    Field("wechat", _("WeChat"), "text", "wechatid weixin 微信 微信号", 60),
    Field("level", _("Level"), "choice", "seniority rank 级别 层级 职级", choices=Level.choices),
    Field("buying_role", _("Buying role"), "choice", "buyingrole role decisionrole 采购角色 角色 决策角色", choices=BuyingRole.choices),
    Field("stance", _("Stance"), "choice", "attitude support 态度 立场 支持度", choices=Stance.choices),
    Field("reports_to", _("Reports to (name or e-mail)"), "text", "reportsto boss supervisor manager 上级 汇报对象 直属上级 主管", 200),
    Field("character", _("Character"), "text", "personality 性格", 200),
    Field("style", _("Style"), "text", "workstyle 风格 工作风格", 200),
    Field("hobbies", _("Hobbies"), "text", "hobby interests 爱好 兴趣 兴趣爱好", 200),
    Field("buying_habits", _("Buying habits"), "text", "buyinghabits habits 采购习惯 购买习惯", 200),
    Field("birthday", _("Birthday"), "birthday", "birthdate dateofbirth dob birth 生日 出生日期 出生年月"),
    Field("is_birthday_lunar", _("Birthday in the lunar calendar"), "flag", "lunar lunarbirthday 农历 农历生日 是否农历"),
    Field("consent", _("Consent"), "choice", "optin marketingconsent 同意 授权 营销授权", choices=Consent.choices),
    Field("note", _("Note"), "text", "notes remark remarks comment comments description 备注 说明", 5000),
    Field("joined_on", _("Joined on"), "date", "joinedon joined startdate employedsince 入职日期 到岗日期 任职日期"),
    Field("left_on", _("Left on"), "date", "lefton left leavedate enddate 离职日期 离任日期"),
)  # fmt: skip

CONTACTS = (
    *ACCOUNT,
    Field("name", _("Name"), "name",
          "contactname contact fullname person contactperson 姓名 联系人 联系人姓名 联系人名称 名字", 100, True),
    *PERSON,
    Field("created_at", _("Created on"), "moment", "createdat created createdon createddate creationdate createdtime createtime 创建时间 创建日期 录入日期 录入时间"),
    AUTHOR,
)  # fmt: skip

# A sheet of accounts may tell of people too: a row for each, the account's columns repeated or empty.
OF_CONTACT = "contact_"
NAMES_OF_CONTACT = {
    "name": "contactname contact contactperson contactfullname person 联系人 联系人姓名 联系人名称 姓名",
    "title": "contacttitle jobtitle title position 职位 职务 联系人职务 联系人职位",
    "department": "contactdepartment department dept 部门 联系人部门",
    "email": "contactemail email emailaddress mail 邮箱 电子邮箱 联系人邮箱",
    "mobile": "contactmobile mobile mobilephone cell cellphone 手机 手机号 手机号码 联系人手机",
    "phone": "contactphone contacttel contacttelephone 联系人电话",
    "wechat": "contactwechat wechat 微信 微信号 联系人微信",
    "level": "contactlevel seniority 联系人级别",
    "buying_role": "contactrole buyingrole decisionrole 采购角色 决策角色 联系人角色",
    "stance": "contactstance stance 态度 立场 支持度",
    "birthday": "contactbirthday birthday 生日 联系人生日",
    "joined_on": "contactjoinedon 入职日期",
    "note": "contactnote contactnotes 联系人备注",
}
CONTACT_OF_ACCOUNT = tuple(
    replace(
        one,
        key=OF_CONTACT + one.key,
        label=format_lazy(_("Contact: {field}"), field=one.label),
        aliases=NAMES_OF_CONTACT[one.key],
        is_required=False,
    )
    for one in CONTACTS
    if one.key in NAMES_OF_CONTACT
)

INTERACTION_WORDS = (
    ("拜访客户", "visit"), ("走访", "visit"), ("上门", "visit"), ("上门拜访", "visit"), ("实地拜访", "visit"), ("site visit", "visit"),
    ("customer visit", "visit"), ("高层互访", "executive_visit"), ("phone", "call"), ("phone call", "call"), ("telephone", "call"),
    ("tel", "call"), ("电话沟通", "call"), ("电话拜访", "call"), ("致电", "call"), ("video call", "online_meeting"), ("zoom", "online_meeting"),
    ("teams", "online_meeting"), ("webinar", "online_meeting"), ("视频会议", "online_meeting"), ("腾讯会议", "online_meeting"),
    ("会议", "meeting"), ("面谈", "meeting"), ("appointment", "meeting"), ("wechat", "message"), ("微信", "message"), ("短信", "message"),
    ("sms", "message"), ("chat", "message"), ("whatsapp", "message"), ("mail", "email"), ("邮件", "email"), ("电子邮件", "email"),
    ("lunch", "meal"), ("dinner", "meal"), ("宴请", "meal"), ("trade fair", "event"), ("展会", "event"), ("fair", "event"),
)  # fmt: skip
STATE_WORDS = (
    ("completed", "done"), ("complete", "done"), ("held", "done"), ("closed", "done"), ("finished", "done"),
    ("not started", "planned"), ("open", "planned"), ("scheduled", "planned"), ("计划", "planned"), ("待办", "planned"), ("未开始", "planned"),
    ("canceled", "cancelled"), ("已完成", "done"), ("完成", "done"),
)  # fmt: skip

INTERACTIONS = (
    *ACCOUNT,
    Field("external_id", _("Number in the other system, or UUID"), "code",
          "externalid uuid guid activityid interactionid visitid taskid eventid callid id 外部编号 活动编号 拜访编号 跟进编号 编号", 100),
    Field("happened_at", _("When"), "moment",
          "happenedat happenedon date when datetime activitydate visitdate calldate eventdate meetingdate starttime "
          "startdate startdatetime start time 时间 日期 拜访时间 拜访日期 跟进时间 跟进日期 发生时间 联系时间 沟通时间 开始时间", 0, True),
    Field("kind", _("Type"), "choice",
          "kind activitytype interactiontype visittype channel 类型 方式 拜访方式 跟进方式 联系方式 沟通方式 活动类型",
          choices=InteractionKind.choices, words=INTERACTION_WORDS),
    Field("state", _("State"), "choice", "status activitystatus 状态 完成状态", choices=InteractionState.choices,
          words=STATE_WORDS),
    Field("direction", _("Direction"), "choice", "inout calldirection 方向", choices=Direction.choices,
          words=(("inbound", "in"), ("incoming", "in"), ("outbound", "out"), ("outgoing", "out"))),
    Field("owner", _("Owner (user name, e-mail or name)"), "text",
          "salesperson salesrep rep assignedto assignee visitor user employee seller 负责人 拜访人 跟进人 业务员 销售员 所有人 员工", 150),
    Field("contacts", _("People met (names or e-mails)"), "text",
          "contact contactname people attendees participants who 联系人 拜访对象 客户联系人 参会人 参与人", 1000),
    Field("colleagues", _("Colleagues (user names, e-mails or names)"), "text",
          "accompaniedby team internalattendees 同行人 陪同人 同行同事 协同人", 1000),
    Field("subject", _("Subject"), "text", "title topic headline 主题 标题", 200),
    Field("purpose", _("Purpose"), "text", "objective goal reason 目的 拜访目的 事由", 200),
    Field("result", _("Result"), "text",
          "outcome notes note description details comment comments body content 结果 内容 拜访结果 跟进内容 沟通内容 记录 备注 纪要 描述", 20000),
    Field("mood", _("Mood"), "choice", "sentiment atmosphere 氛围 情绪", choices=Mood.choices),
    Field("next_step", _("Next step"), "text", "nextstep nextaction followup 下一步 下步计划 后续计划 下一步计划", 200),
    Field("next_on", _("Next step on"), "date", "nexton nextdate nextstepdate followupdate 下次日期 下次时间 下次拜访日期 下次跟进时间"),
    Field("created_at", _("Created on"), "moment",
          "createdat created createdon createddate creationdate createdtime createtime 创建时间 创建日期 录入日期 录入时间"),
    AUTHOR,
)  # fmt: skip

RECEIVABLES = (
    *ACCOUNT,
    Field("number", _("Number"), "code", RECEIVABLE_NAMES, 60, True),
    ORDER_NUMBER,
    Field("amount", _("Amount"), "number",
          "invoiceamount total totalamount amountdue receivableamount sum value balance 金额 应收金额 开票金额 发票金额 含税金额 总金额", is_required=True),
    Field("issued_on", _("Issued on"), "date",
          "issuedon invoicedate date billingdate issuedate documentdate postingdate 开票日期 发票日期 日期 单据日期 应收日期 立账日期", is_required=True),
    Field("due_on", _("Due on"), "date", "dueon duedate due paymentdue payby 到期日 到期日期 应付日期 应收到期日 付款到期日"),
    Field("payment_days", _("Days to pay"), "quantity", "paymentdays paymentterms terms termdays creditdays netdays 账期 信用期 付款天数 账期天数"),
    CURRENCY,
)  # fmt: skip

PAYMENTS = (
    *ACCOUNT,
    Field("payment_number", _("Payment number"), "code",
          "paymentnumber paymentno paymentid payment receiptno receiptnumber receipt transactionid transactionno voucherno checknumber 回款单号 回款编号 收款单号 收款编号 付款单号 流水号 交易号 凭证号", 60),
    ORDER_NUMBER,
    Field("receivable_number", _("Number of the receivable"), "code", "receivablenumber " + RECEIVABLE_NAMES, 60),
    Field("paid_on", _("Paid on"), "date",
          "paidon paymentdate datepaid paid date receivedon receiptdate valuedate bookingdate 回款日期 收款日期 付款日期 到账日期 日期 入账日期", is_required=True),
    Field("amount", _("Amount"), "number",
          "paymentamount amountpaid paidamount amountreceived sum total value 金额 回款金额 收款金额 付款金额 到账金额 实收金额", is_required=True),
    Field("kind", _("Kind"), "choice", "type paymenttype 类型 回款类型", choices=PaymentKind.choices,
          words=(("credit", "credit"), ("credit memo", "credit"), ("贷项", "credit"), ("贷项通知单", "credit"), ("红字", "credit"),
                 ("收款", "payment"), ("回款", "payment"), ("cash", "payment"), ("transfer", "payment"), ("bank transfer", "payment"),
                 ("wire", "payment"), ("check", "payment"), ("cheque", "payment"), ("转账", "payment"), ("现金", "payment"), ("支票", "payment"))),
    CURRENCY,
)  # fmt: skip

PRODUCTS = (
    Field("code", _("Product code"), "code",
          "productcode productid productno productkey sku stockcode itemcode itemno itemid materialcode materialno partno article articleno id code "
          "产品编号 产品id 产品编码 产品代码 商品编码 商品编号 商品id 物料编码 货号 料号 存货编码 编码 编号", 60, True),
    Field("name", _("Name"), "name",
          "productname product item itemname description productdescription materialname title 产品名称 产品 商品名称 商品 品名 物料名称 名称 存货名称", 200),
    Field("category", _("Category"), "text", "productcategory productline group family type 类别 产品类别 品类 产品线 分类 产品分类", 100),
    Field("unit", _("Unit"), "text", "uom unitofmeasure measure 单位 计量单位", 20),
    Field("list_price", _("List price"), "number", "listprice price unitprice standardprice msrp retailprice 标价 单价 价格 标准价 目录价 零售价"),
    Field("cost", _("Cost"), "number", "standardcost unitcost costprice purchaseprice 成本 成本价 标准成本 单位成本"),
    Field("is_active", _("Active"), "flag", "active isactive enabled instock onsale 启用 是否启用 在售 有效"),
)  # fmt: skip
