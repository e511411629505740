// The labels that are left to the C library's converters: those of the registry (IANA) that it
// knows, and a few of people's own. A fixed list, so that a label means the same on every machine,
// whatever converters are installed there.
#pragma once

#include <string_view>

namespace postroom::mime {

// Letters and digits alone, lower case, each between blanks.
inline constexpr std::string_view converter_labels =
    " 437 850 851 852 855 857 860 861 862 863 865 866 869 904 arabic arabic7 armscii8 ascii"
    " asmo449 asmo708 big5 big5hkscs brf bs4730 ca cn cnbig5 cp037 cp038 cp1026 cp1046 cp1047"
    " cp1124 cp1125 cp1129 cp1133 cp1161 cp1162 cp1163 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255"
    " cp1256 cp1257 cp1258 cp273 cp274 cp275 cp277 cp278 cp280 cp281 cp284 cp285 cp290 cp297"
    " cp367 cp420 cp423 cp424 cp437 cp500 cp737 cp775 cp819 cp850 cp851 cp852 cp855 cp856 cp857"
    " cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp868 cp869 cp870 cp871 cp874 cp880 cp891"
    " cp903 cp904 cp905 cp918 cp922 cp932 cp936 cp949 cp950 cpar cpgr csa71 csa72 csascii"
    " csat5001983 csdecmcs csebcdicatdea csebcdiccafr csebcdicdkno csebcdicdknoa csebcdices"
    " csebcdicesa csebcdicess csebcdicfise csebcdicfisea csebcdicfr csebcdicit csebcdicpt"
    " csebcdicuk csebcdicus cseuckr cseucpkdfmtjapanese csgb2312 cshproman8 csibm037 csibm038"
    " csibm1026 csibm273 csibm274 csibm275 csibm277 csibm278 csibm280 csibm281 csibm284 csibm285"
    " csibm290 csibm297 csibm420 csibm423 csibm424 csibm500 csibm851 csibm855 csibm857 csibm860"
    " csibm863 csibm864 csibm865 csibm866 csibm868 csibm869 csibm870 csibm871 csibm880 csibm891"
    " csibm903 csibm905 csibm918 csiso10367box csiso103t618bit csiso10swedish"
    " csiso111ecmacyrillic csiso11swedishfornames csiso121canadian1 csiso122canadian2"
    " csiso139csn369103 csiso141jusib1002 csiso143iecp271 csiso14jisc6220ro csiso150"
    " csiso150greekccitt csiso151cuba csiso153gost1976874 csiso15italian csiso17spanish"
    " csiso18greek7old csiso19latingreek csiso2022cn csiso2022jp csiso2022jp2 csiso2022kr"
    " csiso2033 csiso21german csiso25french csiso27latingreek1 csiso49inis csiso4unitedkingdom"
    " csiso50inis8 csiso51iniscyrillic csiso5427cyrillic csiso5428greek csiso60danishnorwegian"
    " csiso60norwegian1 csiso61norwegian2 csiso646danish csiso69french csiso84portuguese2"
    " csiso85spanish2 csiso86hungarian csiso88greek7 csiso89asmo449 csiso90 csiso92jisc62991984b"
    " csiso99naplps csisolatin1 csisolatin2 csisolatin3 csisolatin4 csisolatin5 csisolatin6"
    " csisolatinarabic csisolatincyrillic csisolatingreek csisolatinhebrew cskoi8r csksc5636"
    " csmacintosh csn369103 csnatsdano csnatssefi cspc775baltic cspc850multilingual"
    " cspc862latinhebrew cspc8codepage437 cspcp852 csshiftjis csucs4 csunicode cswindows31j cuba"
    " cyrillic de dec decmcs din66003 dk ds2089 e13b ebcdicatde ebcdicatdea ebcdicbe ebcdicbr"
    " ebcdiccafr ebcdiccpar1 ebcdiccpar2 ebcdiccpbe ebcdiccpca ebcdiccpch ebcdiccpdk ebcdiccpes"
    " ebcdiccpfi ebcdiccpfr ebcdiccpgb ebcdiccpgr ebcdiccphe ebcdiccpis ebcdiccpit ebcdiccpnl"
    " ebcdiccpno ebcdiccproece ebcdiccpse ebcdiccptr ebcdiccpus ebcdiccpwt ebcdiccpyu"
    " ebcdiccyrillic ebcdicdkno ebcdicdknoa ebcdices ebcdicesa ebcdicess ebcdicfise ebcdicfisea"
    " ebcdicfr ebcdicint ebcdicit ebcdicjpe ebcdicjpkana ebcdicpt ebcdicuk ebcdicus ecma114"
    " ecma118 ecmacyrillic elot928 es es2 eucjp euckr euctw fi fr gb gb18030 gb198880 gb2312 gbk"
    " georgianacademy georgianps gost1976874 greek greek7 greek7old greek8 greekccitt hebrew"
    " hproman8 hu ibm037 ibm038 ibm1026 ibm1047 ibm273 ibm274 ibm275 ibm277 ibm278 ibm280 ibm281"
    " ibm284 ibm285 ibm290 ibm297 ibm367 ibm420 ibm423 ibm424 ibm437 ibm500 ibm775 ibm819 ibm850"
    " ibm851 ibm852 ibm855 ibm857 ibm860 ibm861 ibm862 ibm863 ibm864 ibm865 ibm866 ibm868 ibm869"
    " ibm870 ibm871 ibm880 ibm891 ibm903 ibm904 ibm905 ibm918 iecp271 inis inis8 iniscyrillic"
    " iso10367box iso10646 iso115481 iso2022cn iso2022cnext iso2022jp iso2022jp2 iso2022kr"
    " iso20331983 iso5427 iso646ca iso646ca2 iso646cn iso646cu iso646de iso646dk iso646es"
    " iso646es2 iso646fi iso646fr iso646fr1 iso646gb iso646hu iso646it iso646jp iso646jpocrb"
    " iso646kr iso646no iso646no2 iso646pt iso646pt2 iso646se iso646se2 iso646us iso646yu"
    " iso88591 iso885910 iso885911 iso885913 iso885914 iso885915 iso885916 iso88592 iso88593"
    " iso88594 iso88595 iso88596 iso88597 iso88598 iso88599 iso88599e iso9036 isoceltic isoir10"
    " isoir100 isoir101 isoir103 isoir109 isoir11 isoir110 isoir111 isoir121 isoir122 isoir126"
    " isoir127 isoir138 isoir139 isoir14 isoir141 isoir143 isoir144 isoir148 isoir15 isoir150"
    " isoir151 isoir153 isoir155 isoir157 isoir16 isoir17 isoir18 isoir19 isoir197 isoir199"
    " isoir21 isoir226 isoir25 isoir27 isoir37 isoir4 isoir49 isoir50 isoir51 isoir54 isoir55"
    " isoir57 isoir6 isoir60 isoir61 isoir69 isoir81 isoir84 isoir85 isoir86 isoir88 isoir89"
    " isoir90 isoir91 isoir92 isoir98 isoir99 it jisc62201969ro jisc62291984b johab jp jpocrb js"
    " koi7 koi8 koi8r koi8ru koi8u ksc5636 l1 l10 l2 l3 l4 l5 l6 l8 latin1 latin10 latin2 latin3"
    " latin4 latin5 latin6 latin8 latin9 latingreek latingreek1 mac macintosh mik ms932 ms936"
    " mskanji naplps natsdano natssefi nfz62010 no no2 ns45511 ns45512 pt pt154 pt2 r8 rk1048"
    " roman8 se se2 sen850200b sen850200c shiftjis sjis strk10482002 stsev35888 tcvn tis620"
    " tscii ucs2 ucs4 uhc uk unicode us usascii utf16 utf16be utf16le utf32 utf32be utf32le utf7"
    " utf7imap utf8 viscii windows1250 windows1251 windows1252 windows1253 windows1254"
    " windows1255 windows1256 windows1257 windows1258 windows31j windows874 windows936 yu"
    " ";

}  // namespace postroom::mime
