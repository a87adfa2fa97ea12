# ruff: noqa: E501 – tables of names read better in long lines
"""The fields of each kind of import and what other systems call them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.choices import AccountKind, AccountSize, AccountStatus, ProcurementMode
from kam.imports.fields import Field

ACCOUNT_CODE = (
    "customerid customercode customerno customernumber custno custid clientid clientcode clientno accountid accountno "
    "accountnumber buyerid resellerkey resellerid partnerid debtor customer client account "
    "客户id 客户编号 客户编码 客户代码 客户号 客户代号 往来单位编码 客户"
)
ACCOUNT_NAME = (
    "customername clientname companyname company client customer account buyer buyername reseller resellername "
    "customerfullname organisation organization soldto "
    "客户名称 客户名 客户全称 公司 公司名称 单位名称 企业名称 购货单位 往来单位 买方 客户"
)
COUNTRY = Field(
    "country", _("Country"), "country", "countryregion nation countryname officelocation 国家 国家地区 国别"
)
REGION = Field("region", _("Region"), "text", "territory salesterritory area 地区 区域 大区 片区 销售区域", 100)
INDUSTRY = Field("industry", _("Industry"), "text", "sector vertical branch 行业 所属行业 行业分类", 100)
OWNER = Field(
    "owner", _("Account manager (user name)"), "text", "accountmanager accountowner 客户经理 负责人 跟进人", 150
)

ORDERS = (
    Field("order_number", _("Order number"), "code",
          "orderno orderid order invoice invoiceno invoicenumber invoiceid salesordernumber salesorder sono ordernum "
          "documentno documentnumber docno billno voucherno 订单号 订单编号 订单id 订单编码 订单 单号 单据号 单据编号 "
          "销售单号 发票号 发票号码", 60, True),
    Field("account_code", _("Account code"), "code", ACCOUNT_CODE, 40),
    Field("account_name", _("Account name"), "name", ACCOUNT_NAME, 200),
    Field("ordered_on", _("Order date"), "date",
          "orderdate date invoicedate saledate salesdate transactiondate purchasedate documentdate postingdate ordertime "
          "orderdatetime datum 订单日期 下单日期 下单时间 订货日期 日期 销售日期 开票日期 单据日期 交易日期 成交日期", 0, True),
    Field("amount", _("Amount"), "number",
          "orderamount lineamount linetotal total totalamount totalprice sales salesamount revenue netamount "
          "extendedprice value turnover sum ordertotal 金额 销售额 订单金额 总金额 总额 小计 合计 成交金额 销售金额 含税金额 "
          "价税合计"),
    Field("unit_price", _("Unit price"), "number",
          "unitprice price priceeach sellingprice salesprice itemprice 单价 价格 售价 销售单价 含税单价"),
    Field("quantity", _("Quantity"), "quantity",
          "qty quantityordered orderquantity orderqty units pcs pieces count 数量 订购数量 销售数量 件数 订货数量"),
    Field("discount", _("Discount"), "rate", "discountrate discountpercent disc rebate 折扣 折扣率"),
    Field("cost", _("Cost"), "number", "costamount totalcost totalproductcost cogs 成本 成本金额 总成本 销售成本"),
    Field("profit", _("Profit"), "number", "grossprofit margin marginamount 利润 毛利 毛利额"),
    Field("product_code", _("Product code"), "code",
          "productid productno productkey sku stockcode itemcode itemno itemid materialcode materialno partno article "
          "articleno 产品id 产品编号 产品编码 产品代码 商品编码 商品编号 商品id 物料编码 货号 料号 存货编码", 60),
    Field("product_name", _("Product"), "name",
          "product description productdescription item itemname itemdescription materialname "
          "产品名称 产品 商品名称 商品 品名 物料名称 货品名称 存货名称 描述", 200),
    Field("product_category", _("Product category"), "text",
          "category productline productcategory producttype 类别 产品类别 品类 产品线 商品类别 产品分类", 100),
    Field("currency", _("Currency"), "currency", "currencycode cur 币种 货币 币别"),
    Field("is_return", pgettext_lazy("column", "Return"), "flag", "return returned returnflag 退货 是否退货 退货标志"),
    Field("cancelled_on", _("Cancelled on"), "date", "cancelledon cancellationdate canceldate 取消日期 作废日期"),
    Field("channel", _("Channel"), "text", "saleschannel orderchannel 渠道 销售渠道 订单渠道", 60),
    COUNTRY, REGION, INDUSTRY, OWNER,
)  # fmt: skip

ACCOUNTS = (
    Field("code", _("Account code"), "code", "accountcode code " + ACCOUNT_CODE + " id 编号 编码 代码", 40),
    Field("credit_code", _("Unified credit code"), "code",
          "creditcode uscc taxid taxno vatno 统一社会信用代码 信用代码 税号 纳税人识别号", 18),
    Field("name", _("Account name"), "name", "accountname " + ACCOUNT_NAME + " 名称", 200, True),
    Field("other_name", _("Name in the other language"), "name",
          "englishname chinesename localname shortname alias 英文名称 英文名 简称 外文名称 中文名称", 200),
    INDUSTRY, COUNTRY, REGION,
    Field("kind", _("Kind"), "choice", "accounttype customertype type 客户类型 客户性质 类型", choices=AccountKind.choices),
    Field("status", _("Status"), "choice", "accountstatus customerstatus 客户状态 状态", choices=AccountStatus.choices),
    Field("size", _("Size"), "choice", "companysize scale 规模 企业规模 公司规模", choices=AccountSize.choices),
    Field("business_type", _("Business type"), "text", "businesstype segment 业务类型 经营类型 细分", 100),
    Field("address", _("Address"), "text", "street streetaddress addressline1 headquarters 地址 详细地址 公司地址", 300),
    Field("website", _("Website"), "text", "web url homepage 网址 网站 官网", 200),
    Field("phone", _("Phone"), "text", "telephone tel phonenumber 电话 联系电话 电话号码 公司电话", 40),
    Field("subsidiary_of", _("Parent account (code or name)"), "name",
          "subsidiaryof parent parentaccount parentcompany group holding 上级客户 母公司 集团 所属集团 上级单位", 200),
    Field("cooperation_started_on", _("Start of cooperation"), "date",
          "customersince accountsince cooperationstart firstcontract 合作开始日期 合作日期 开始合作日期 建档日期"),
    Field("employee_count", _("Employees"), "quantity", "employees employeecount staff headcount 员工数 员工人数 人数"),
    Field("credit_limit_amount", _("Credit limit"), "number", "creditlimit creditline 信用额度 授信额度"),
    Field("credit_rating", _("Credit rating"), "text", "creditrating rating 信用等级 信用评级", 20),
    Field("procurement_mode", _("Procurement mode"), "choice", "procurementmode 采购方式 采购模式",
          choices=ProcurementMode.choices),
    Field("source_channel", _("Source channel"), "text", "source leadsource 来源 客户来源 来源渠道", 100),
    Field("note", _("Note"), "text", "notes remark remarks comment comments 备注 说明", 5000),
    OWNER,
)  # fmt: skip

# Attributes of accounts that an order file creates by the way.
ACCOUNT_ATTRIBUTES = ("account_name", "country", "region", "industry", "owner")
# One of these has to be mapped, beside the required fields.
ONE_OF = {
    "orders": (("account_code", "account_name"), ("amount", "unit_price")),
    "accounts": (),
    "contacts": (("account_code", "account_name"),),
    "interactions": (("account_code", "account_name"),),
    "receivables": (("account_code", "account_name"), ("due_on", "payment_days")),
    "payments": (("account_code", "account_name"),),
    "products": (),
}
