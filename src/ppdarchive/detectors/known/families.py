"""Families of given names: one name in several spellings, and what its bearers are called.

Each line is one family: its full forms, a colon, its short and pet forms. Written by hand in 2026 from
everyday English and Spanish; a name may stand in several families.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from typing import Final

_FAMILIES: Final = """
aaron aron arron: ronnie ron aar
abel abelardo: abe abie
abigail abbigail abigayle avigail: abby abbie abbey abi gail gayle
abraham: abe bram ham abie
adaline adeline adelina adelyn adalyn adalynn: addie addy ada adel lina
adam adan: addy ade adamito
addison addyson adison: addie addy addi
adelaide: addie addy ada heidi della
adele adela della: dell addie ade
adrian adrien: ade aidy
adrianna adriana adrienne adriane: addie adri adria ana nana
agnes ines inez: aggie nessie nessa
aidan aiden ayden aden aidyn: aid addy denny
alan allan allen alen: al
albert alberto: al bert bertie albie beto berto
alejandra alexandra aleksandra alessandra: alex alexa alexis ali allie ally lexi lexie sandra sandy
    sasha xandra ale drea
alejandro alexander aleksander alessandro alexandre: alex al alec alexi lex xander zander sandy sasha
    alejo ale jandro
alexandria: alex alexa lexi lexie sandra drea allie andie
alexis alexus: alex lexi lexie lexy lex
alfonso alphonso alonzo: al fonzie alfie poncho lonnie
alfred alfredo: al alf alfie fred freddie freddy fredo
alice alicia alisha alecia elicia: ali allie ally alli lisha elsie allyce
alina alena: lina ali
alison allison alyson allyson alisyn: ali allie ally alli al sunny
alvin: al alvie vinny
alyssa alissa elissa elyssa: aly ally lyssa lissa allie
amanda: mandy mandi mandie manda amy
amber: ambie ambs am
amelia emelia amalia: amy millie milly mia melia emmy mel
amy aimee amie: ames ame
anabel annabel annabelle anabelle annabella: anna annie bella belle ann
anastasia anastacia: ana stacy stacey stasia tasia annie nastya
anderson: andy anders
andrea andreia: andie andi andy drea dre annie
andrew andres andre andreas: andy drew dre andie
angel: angie ange angelito
angela angelica angelina angelique angelia: angie ange angel angy gela jelly lina
angus: gus
anita: ana nita
anna ana ann anne hannah hanna: annie nan nancy anny nana anita anya annika
annamarie annmarie annemarie anamaria: annie
annette: annie nettie ann anna
anthony antonio anton antony antwan antoine: tony toni ant tone tonio nino tono antonito
antoinette antonia antonella: toni tony nettie netta ann tona nella
arabella: bella belle ara
archibald archer: archie arch baldie
ariana arianna aryanna: ari aria annie rina
ariel arielle: ari elle
arlene: lena
arnold arnoldo: arnie arny
arthur arturo: art artie arty turo
ashley ashleigh ashlee ashlyn ashlynn ashli: ash ashie lee
ashton: ash
astrid: assi
athena: thena attie
aubrey aubree aubrie: aub bree brie aubs
audrey audra audree: aud audie dree audy
augustus augustine agustin august augusto: gus augie auggie tino
aurora: rory aura rora
austin austyn: aus aussie tin
ava: avie aves avey
barbara: barb barbie babs bobbie barbra babette
bartholomew bartolome: bart barty bat
beatrice beatrix beatriz: bea bee trixie trix betty betriz bia
benito: benny ben beni
benjamin benjamen: ben benny bennie benji benjy benja min
bennett benedict: ben benny benji
bernadette: bernie detta bernadine
bernard bernardo: bernie barney bern nardo
bertha roberta alberta: bertie berta bert bobbie robbie
bertram: bert bertie
beverly beverley: bev bevie
blake: blakey blakie
blanca blanche: blanquita
bonita bonnie: bonny bon
bradford: brad ford
bradley: brad bradly
brady: brade
brandon branden brendon brandan: bran brand brandy don
brandy brandi brandie: bran
braxton: brax braxie
brayden braden braeden braydon: bray brade
brenda: bren brendie
brendan: bren brenny
brenna breanna brianna briana breonna: bri bree brie breezy anna brea
brett bret: brettie
brian bryan bryon: bri bry
bridget bridgette brigitte bridgett: bridge bridie biddy bridgey gitte bridgie
brittany brittney britney britni brittani brittanie: britt brit britty brits
broderick: rick ricky rod brody
brody brodie: bro
brooke brooklyn brook brooklynn: brookie brook
bruce: brucie
bryanna: bri bree anna
bryce brice: brycie
bryson brysen: bry
caden kaden kayden caiden: cade kade kay
caleb kaleb: cale cal kale cay
callie kallie calliope: cal
calvin: cal vin
cameron camryn kameron camren: cam cammie cammy kam ron
camila camilla camille kamila: cam cami cammie milla millie mila kami
candace candice candis kandace: candy candi dacey kandi
cara kara: carrie
carla karla: carlie carly carlita
carlos carlo: carlito carlitos litos charlie lito
carlton: carl carly
carmelo: melo mel
carmen: carmie carmelita carm carmencita mina
carol carole caryl karol: caro carrie carolie
caroline carolina carolyn carolyne karoline: carol carrie caro callie lina lynn carly caddie line
carter: cart
casey kasey kaycee: case kase
cassandra kassandra casandra: cass cassie sandra sandy cassi kassie
cassidy: cass cassie
catherine katherine kathryn catharine katharine cathryn katharina catalina katrina catrina katarina
    kathrine kathleen cathleen caitriona katerina ekaterina catarina: kate katie kathy kathi cathy katy
    kat kit kitty kay kati cat kathie cathie kate trina rina cait katya kata katia kath cata lina kattie
cecilia cecelia cecile cecily: cece celia cissy sissy cecy cici ceil
cedric: ced rick ricky
celeste celestina celestine: cel celie tina
chance: chan
charity: chari cherry
charlene sharlene: charlie char lena
charles charlie: chuck charley chas chip chaz chad chazz carlos
charlotte: charlie char lottie lotte lotta charley carly charlee
chauncey: chance
chelsea chelsey chelsie kelsea: chels chelse
cheryl sheryl cheryl: cher sherry cherie sheri
chester: chet
chloe khloe cloe: clo coco lolo
christian cristian kristian: chris christy cris kris ian
christine christina kristine kristina cristina christiana kristin kristen kristyn christen kirsten
    kirstin christin: chris chrissy chrissie christy christie kris krissy krista christa kristi kristy
    tina cris crissy cristy tine chrissi kirstie kristie
christopher kristopher cristopher christoph cristobal: chris topher kris kit cris christy kester tofer
    toby
claire clare clara clair klara: clairey clary
clarence: clary
clarissa: clara rissa clary issa
claudia: claudie claud
clayton: clay
clementine clementina: clem clemmie tina
clifford clifton: cliff
clinton: clint
cody kody: code
colby kolby: cole colb
cole colt colton coleman kolton: cole colt coley
colin collin colyn: col
colleen: coll leenie
connor conner conor: con conny
conrad: con rad
constance consuelo: connie chelo
cooper: coop coops
cora coraline corinne corina corrine: cory corrie cori rina
cordelia: delia cordy cora
corey cory kory: cor
cornelius: neil corny
courtney kourtney: court courtie kort
craig: craigie
cristina: cris tina
crystal krystal christal kristal: crys crystie krys chris
curtis kurtis curt: curt kurt
cynthia: cindy cyndi cindi cyndy thia cinthia
daisy: daize dais
dakota: koda kota dak
dale: daley
dallas: dal
dalton: dal
daniel danial: dan danny dani dannie danilo
daniela danielle daniella danyelle: dani danny dannie elle ella nelly dania
daphne: daph daffy
darlene darleen: darla dar lena
darrell daryl darryl darrel: dar
david davide: dave davey davy dav davi
dawn: dawnie
deborah debra debora debrah: deb debbie debby debs debi
declan: dec decky
delbert: del bert
delilah dalilah: lilah lila del dee
delores deloris: lola dee dolly
denise denice: denny neecy neesie niecy
dennis denis: denny den
denzel: denz
derek derrick derick deric: der rick ricky
desiree: dez desi des dezi
destiny destinee: des dez desi tiny desti
devin devon deven devyn: dev devy
dexter: dex
diana diane dianne deanna dyan dianna deana deanne: di dee didi ana dede
diego santiago: santi chago yago dieguito tiago
dimitri dmitri: dima
dolores: lola lolita loli dolly dee
dominic dominick domenic domingo: dom nick nicky dommie mingo
dominique dominica: dom nikki nica
donald: don donnie donny
donna: don donnie
donovan: don donny van
dorothy dorothea: dot dottie dotty dolly dora dodie thea
douglas douglass: doug dougie
duncan: dunc
dustin: dusty dust
dwayne duane dewayne: dwa
dylan dillon dillan: dyl dilly dill
easton: east
edgar: ed eddie edgy
edith: edie eddy
edmund edmond: ed eddie ned ted
edna: eddie
eduardo edward eduard: ed eddie eddy ned ted teddy lalo wardo edu
edwin edwina: ed eddie eddy win
eileen aileen ilene: leen eily
elaine elena helena helen ellen elaina alaina eleni: ellie nell nellie lena laney lainie lainey ella
    elle lenny nelly elly ely hellie
eleanor elinor eleanora leonora elenore: ellie nell nellie nora ella lenora nelly elly norah lea leni
eli elias elijah eliseo: eli lije ely liam jah elie
eliana elianna: ellie eli lia ana
elizabeth elisabeth elisabet isabel isabella isabelle izabella elizabet lizbeth: liz lizzie lizzy beth
    betsy betty bess bessie eliza libby lisa liza elsie ella ellie elle bella belle izzy izzie isa lizzi
    liddy lilibeth libbie lizz elise bettie ellie liesl lis chabela beb betsie bethie isy ibby bel
ella elle: ellie elly els
elliot elliott eliot: eli el ell
eloise heloise: ellie lois
elsa elsie: els
elvira: elvie
emanuel emmanuel manuel immanuel: manny manolo manu emma manuelito mani meme
emerson: em emmy emme
emil: em
emilia emilie emily emely emilee emmalee: em emmy emmie millie milly emi mily mila ems lia
emilio: emil milo mimo
emma: em emmy emmie ems emmi
emmett: em
enrique henry henri harrison harold harry harris: hank hal harry harri kike quique ricky rick harriet
    enri hen
enzo: zo
eric erik erick erich: rick ricky
erica erika ericka: ricky rikki rika eri
erin aaryn eryn: er
ernest ernesto ernst: ernie ern neto
ernestine ernestina: tina ernie
esmeralda: esme emma meralda mera
esperanza: espe
esteban stephen steven stefan stephan stephon steffan: steve stevie steph stevo estefan stef steffen
    teban
estefania stephanie stefanie stephany stefani stephania stephenie: steph stephie steffi stef steffie
    stevie fanny stephy stephi estef fani
estella estelle stella: stell essie ella stel
esther ester hester: essie hettie etty
ethan ethen eithan: eth
eugene eugenio: gene
eugenia: genie gena
eva eve evie evangeline evangelina: eve evie evita angie eva vangie
evan even: ev
evelyn evelin evalyn evelynn: evie eve ev lyn evy lynn
everett: ev rhett evs
ezekiel: zeke zeek ezra
ezra: ez ezzie
faith: faithy fay
felicia felicity: fel fliss lissy liss licia
felipe philip phillip philippe phil: phil pip flip pipe felipito
felix: fe
ferdinand: ferdie nando
fernanda: fer nanda ferny
fernando: fer nando ferny
finley finnley finnegan finn: finn fin finny
fiona: fi fifi
florence: flo flossie florrie
forrest forest: fory
frances francesca francisca francine: fran frannie franny frankie francie fanny chica paca cesca pancha
    sissy
francis francisco franklin frank: frank frankie fran paco pancho cisco kiko franky paquito frankito
frederica frieda freda: freddie freddy fred rica
frederick fredrick frederic frederico federico: fred freddie freddy fritz rick fede fredo
gabriel: gabe gabby gab gabi riel
gabriela gabriella gabrielle: gabby gabbie gabi elle ella bri gab brielle gaby
garrett garret gareth: gary gare rhett
gary garry: gar
gavin gaven: gav
genesis: gen genny
genevieve genoveva: gen genny viv gigi evie vieve jenny veva
geoffrey jeffrey jeffery geoffery: jeff geoff jeffy
george jorge georgie: geo georgie coco porgie jorgito
georgia georgina georgiana georgette: georgie gigi gina geo
gerald geraldo gerard gerardo jerald: jerry gerry lalo ger
geraldine: gerry geri jerry dina deena
gertrude: gertie trudy gert
gianna giana jianna: gia gigi anna gi
gilbert gilberto: gil bert gibby beto
gina regina: gigi reggie rena
giovanni: gio vanni gianni vanny
giselle gisele: gigi elle gis
gladys: gladdie
gloria: glo glory
gordon: gordy gord don
grace gracie: gracie gracey gigi gracelyn
gracia graciela: chela grace
graham: gray
grayson greyson: gray grey graye
gregory gregorio greg: greg gregg greggie goyo
gretchen margaret margarita margret marguerite margareta margarite: maggie meg peggy marge margie madge
    margo margot greta rita daisy peg megan meggie mags gretel maisie mamie magpie meggy maggi pegi
    marga
griffin: griff finn
guadalupe: lupe lupita pita guada
guillermo william willem liam wilhelm: will bill billy willie willy liam memo guille wil mo willi bills
gustavo gus: gus tavo
gwendolyn guendolen gwen gwyneth: gwen wendy gwenny gwennie lyn
hadley: haddie haddy had
hailey haley hayley haylee haleigh hailee: hay hales hails
harlan: harley
harmony: harm harmie mony
harper: harp harpie
harriet: hattie harri hatty etta
hayden: hay denny
hazel: haze hazie
heather: heath heath
hector: tito heck
heidi: heids
helene: lena nell
henrietta enriqueta: etta hettie hank queta
herbert herberto: herb herbie bert
herman: hermie manny
hernan: nando
hillary hilary: hill hillie lary
holden: hold
holly hollie: hol holls
hope: hopie
howard: howie ward
hubert: hugh bert hubie
hudson: huddy hud
hugo hugh: huey hughie
hunter: hunt huntie
ignacio: nacho iggy nachito
imani: mani
ingrid: inga
irene: rene rena reenie
iris: rissie
irving irvin: irv
isaac isaak izaak: ike zac zak izzy zack
isadora: izzy dora isa
isaiah izaiah: zay ike zaiah isa izzy
isaias: isa
isidro: chilo
ivan: vanya ivy
ivy: ivs
jackson jaxon jaxson: jack jax jackie
jacob jakob jacobo: jake jay cob coby jakey jacoby kobe jakie
jacqueline jacquelyn jaqueline jackeline jaclyn jacklyn: jackie jacky jacqui jax lynn jaqui
jada jayda: jay
jaden jayden jaiden jaydon jaeden jadon: jay jayjay jade jj jaydee
jaime james jamie jaimie jayme: jim jimmy jamie jem jimbo jay jimmie jaimito jamey jam jamesy
jalen jaylen: jay jaye
jameson jamison: jamie jim jay
jane jayne janae: janie jay janey
janelle janell jannelle: jan nell nelly jani elle nellie
janet janette jeanette jannet janeth: jan jenny nettie netta
janice janis: jan
jared jarrod jarod jerod: jay jare
jasmine jasmin jazmin jazmine yasmin yasmine jasmyn: jas jazz jaz jazzy mina jassy min yas
jason jayson jaison: jay jase jace
jasper: jas jaz
javier xavier xzavier: javi xavi zay javy zavi
jayla jaylah: jay
jean jeanne jeannie gene: jeannie jeanie
jedidiah jedediah: jed
jefferson: jeff
jennifer jenifer jenniffer jenna: jen jenny jenn jenni jennie jeni ginny
jensen: jens
jeremiah jeremias: jerry jere miah jem
jeremy jeramy jeremie: jerry jem rem jere jer
jerome geronimo jeronimo: jerry rome
jesse jessie jessy: jess jes
jessica jesica jessika yesica yessica: jess jessie jessi jessy jesse jes yessi sica
jesus: chuy chucho chuyito
jill jillian gillian jillianne: jill jilly gill jillie
jimena ximena: xime jime mena
joan joanne joanna johanna johana joann: jo joanie joey joni anna jojo
joaquin: quin joaco quino
jocelyn joselyn jocelynn joselin: joss jo jos lyn josie
jodi jodie jody: jo
joel: joey jo
johann: hans jo
john jon juan johan ian ivan johannes sean shawn evan hans giovanni shaun: johnny jack johnnie jonny
    jackie juanito juancho jono
jonah jonas: jo jone
jonathan jonathon johnathan johnathon jonatan: jon jonny nathan nate john johnny jonathon jono jona
jordan jordyn jorden jordin: jordy jordie jory jord
jose josef joseph giuseppe: joe joey pepe jojo jody joseito chepe pepito seph chema joe
josefina josephine josefa: josie jo joey fina pepa phina posy jojo josey josi
joshua josue josh: josh joshie jay
josiah: jos joe siah joey
joy joyce: joyie
juanita juana: juani nita jany
judith judy: jude judi judie
julia julie juliana julianna julianne juliet juliette julissa: jules jewel juli july julz lia jill etta
    ana
julian julio julius: jules jule julito
juniper: junie june
justin justyn: jus just jay jt
justina justine: tina jus
kaia kaya: kai
kaitlyn caitlin caitlyn katelyn kaitlin katelynn kaitlynn katlyn caitlynn kaitlan: kait katie kate cait
    lyn kaity kat katy catie katey lynn
karen caren karin karyn: kari kare kaz
karina carina: kari rina
karla: karlita
katalina: kat lina
katelin catelyn: kate cate
kathy cathy: kath kat
kayden: kay
kayla caila kaila kaylah makayla mikayla michaela mckayla mikaela: kay kayla mik mikey mike micky kaykay
    kyla
kaylee kayleigh kaylie caylee kailey: kay kaykay lee
keegan: keegs
keenan: keen
keith: keithie
kelly kelley kellie kelli: kel kell kells
kelsey kelsie kelsi: kels kell kelse
kendall kendal kendra: ken kenny kenni kendy
kendrick kenneth kenton kenny: ken kenny kennie rick kene
kennedy kenadee: ken kenny kenni kennie
kevin keven kevyn: kev kevie
kian keanu: ki
kiara ciara kiera kira: ki kiki
kimberly kimberley kimberlee kim kimber: kim kimmy kimmie kym kimber berly kimmi
kingston: king kings
knox: knoxy
kora: kori
kristopher: kris topher
kyle kyler: ky kye
kylie kyleigh kiley kylee: ky kyky
lakeisha lakisha keisha laquisha: keisha kiki key
lamar: mar
lamont: monty
lance lancelot: lanny
landon landen: lan landy
larissa: lara rissa lari
latoya: toya
lauren laurin lauryn loren lorena lorraine laura: laurie lori lolly ren lau laur lo larry wren
lawrence laurence lorenzo lawerence: larry lars lonnie renzo enzo lawrie laurie rence
leah lea lia: lee
leandro leander: lee andy
leilani: lani lei leia
leo leon leonardo leonard leonel: leo len lenny leon nardo lennie
leroy: lee roy
leslie lesley lesly: les lee
lester: les
leticia letitia: letty lettie tish ticia titi
levi: lev
lilian lillian liliana lilly lily lilith lilliana: lil lily lilly lili lils liana
lincoln: linc link
linda lynda melinda belinda: lin lindy lyn lindie mindy
lindsay lindsey lyndsey linsey lindsy: linds lin lindy lindsie
lionel: leo lee
lisa: lis leese leesa
logan: loge logie
lola: lolo
london: lonnie
lorelei: lori rory
lorena: lore lori
loretta: lettie etta lori
lori laurie lorie: lor
lorna: lorrie
louis lewis luis louie luigi luiz: lou louie lew luisito lucho lui
louisa louise luisa: lou lulu weezy louie isa
lucas luke luca lukas: luke luc lucky luca lu lucky
lucia lucy lucille lucinda lucille lucila: lu lucy lulu cindy lucky luz luci lucie chia
luella: lu ella lou
luna: lulu
luz: lucy lucita
lydia lidia: liddy lyd lydie
lyndon: lyn
lynn linn lynne: lyn lynnie
mabel maybelle: mae may abel mabs
mackenzie mckenzie makenzie mckinsey: kenzie mac mack kenz mackie kenzi kinzie
madeline madeleine madelyn madalyn magdalena madelynn madilyn magdalene: maddie maddy mads lena mattie
    maddi madge magda lynn
madison maddison madisyn madyson: maddie maddy mads maddi
makenna mckenna: kenna mac ken
malachi: mal kai chi
malcolm: mal colm
marcelino marcelo: marce chelo lino
marcella marcela: marcy marci ella
marcia marsha: marcy marci marsh
marco marcos marcus mark marc markus marquis: marc mark marco marky markie marquito
margarita: rita mago margo
maria marie mary miriam mariah marya mariam: mamie molly polly mimi marie mary mari ria mariquita maruja
    cuca mia may mare mitzi minnie moll maribel marita chayo
mariana marianna marianne marian maryann maryanne maryanna: mari ana anna mary ann annie nana
maribel marisol: mari bel sol
marietta: mari etta
marilyn marilynn: mari lyn mary
mario: mayo mayito
marion marian: mary mare
marisa marissa maritza: mari rissa issa ritza
marjorie margery: marge margie marj
marlene marlena: marley lena marly
marley: mar marly
marlin: marley
marlon: marley
martha marta: marty mattie martie patty tita
martin martino: marty mart tino tin
martina: tina marty
marvin: marv marvy
mason: mase macey
mateo matthew mathew matias matthias mateus: matt matty mat teo mattie thew mati
matilda mathilda: tilly tillie mattie matty tilda mati
maureen: mo reenie mau
maurice mauricio moritz morris: mo moe mau maury mauri
maverick: mav mavy rick
max maximilian maximus maximiliano maxwell maxim maxine: max maxie maxi maxx mac maxy
maximo: max
maya maia: may mimi
mckinley: mac kinley
meagan megan meghan meaghan: meg megs meggie
melanie melany melony: mel mellie lanie mels melly
melissa melisa mellissa: mel missy lissa lisa millie mels missie lissy melly mellie misty issa
melody: mel mellie mels
melvin: mel
mercedes: mercy merche sadie cedes benz
meredith: mer merry edie meri
mervin mervyn: merv
mia: mimi mims
micah mica: mike mic
michael micheal mikael miguel mikel mitchell michel: mike mikey mick mickey micky mitch mikie migue
    mickie mico miguelito mischa
michelle michele mishelle michaela micaela: shelly chelle shelley mickey mitch mish micki shell mica
mikhail: misha mike
mila: mimi mil milly
mildred millicent: millie milly mil
miles myles milo: mi
miranda maranda: randi mandy randy mira
misty: mist
mohammed muhammad mohamed mohammad: mo moe
moises moses: moy mo moe moi
molly mollie: moll mols
monica monique monika: mo mon moni nica nicky mona
montgomery: monty
morgan morgen: mo morg morgie
nadia nadya: nadi nadie
nadine: dina nadi
nancy nanci: nan nance
naomi noemi: nomi nay mimi emi
natalia natalie nathalie nataly natasha natalee natali: nat nattie tasha nati talia tally natty talie
    lia nats tali
nathan nathaniel nathanael nathanial nate: nate nat nathan natty nathe
nelson: nels
nevaeh: nev vae nevi
nicholas nicolas nikolas nickolas nikolai: nick nicky nico niko cole nik colas klaus
nichole nicole nicola nikole nicolette: nikki nicki nicky nic cole niki coco nik lettie
nikita: niki nik
noah: noe no
noelle noel: noe elle nell
nora norah eleonora honora: nor norrie norita
norma: normie norm
norman: norm normie
oakley: oaks
octavia: tavi tavia
odessa: dess
oliver olivier: ollie oli ol olly noll
olivia alivia: liv livvy livy livi olive ollie via livvie livia
omar: omi
orlando: lando orly
oscar: ossie oz
oswald osvaldo: oz ozzie valdo
otis: otie
owen: owie
paige: paigey
pamela pam: pam pammy pammie
paola paula paulina pauline: paulie polly lina paulita pola
parker: park parks
patience: pat patty pay
patricia patrice: pat patty tricia trish patti pattie tish trisha paty pati ticha
patrick patricio: pat paddy rick patty pato
paul pablo paulo: paulie pauly pablito
paxton: pax
payton peyton: pey pay
pearl: pearlie
pedro peter pete pierre pietro: pete petey perico pedrito per
peggy: peg pegs
penelope: penny nell poppy pen nelly penn pennie
percival: percy
philippa: pippa pip
phoebe: phebe fifi bee phoebs
phyllis: phyl
piper: pip pipes
porfirio: pilo
prescott: scott scotty pres
presley: pres
preston: pres
princess: prin
priscilla: cilla pris prissy cil
prudence: pru prue
quentin quinton: quinn quin
quinn: quinnie
rachel rachael racheal raquel rachelle: rach rae ray shelly raquelita rachie chelle raych
rafael raphael: rafa raf rafe rafi
rafaela: rafa
ramon raymond: ray ramoncito mon monchi
ramona: mona ray romy
randall randolph: randy rand dolph
raul: rulo
reagan regan: rea rey
rebecca rebekah rebeca: becca becky beck becks reba bekah becki becka bex beca
regina: gina reggie reg gigi
reginald: reggie reg rex
rene renee renata: nene ren nae nay
reuben ruben: rube ben benny
rhonda ronda: ron ronnie
ricardo richard ricard: rick ricky rich richie dick ric ricki dickie richy rico cardo
rigoberto: rigo beto
riley rylee ryleigh reilly rylie: ri ry rye
rivera river: riv
robert roberto rupert: rob bob bobby robbie bert robby beto bobbie berto robin
robin robyn: rob robbie bobbie
rocco: rocky roc
rocio: chio
roderick rodrigo rodney: rod roddy rick rodri rigo
rodolfo rudolph rolf: rudy rolfe fito rolo dolph rudi
roger rogelio rodger: rog rodge
roland rolando: rollie rolo lando
roman: rome romy
ronald ronaldo reynaldo reinaldo: ron ronnie ronny naldo rey
rosa rose rosie rosalie rosalia rosalind rosalinda rosalyn rosemary rosemarie roselyn rosario: rosie
    rose rosy ro roz rosita rosey lindy chayo linda mary charo rosi rosey rory
rosalba: rosa alba
roscoe: ross
roseanne roseann rosanna: rose rosie anna
rowan: ro row
roxanne roxana roxanna: roxy roxie rox
russell: russ rusty
ruth: ruthie ruthy
ryan rian ryann: ry
ryder: ry
rylan: ry
sabrina: bri brina sab sabby
sadie: sades
sage: sagey
sally: sal
salome: sal
salvador: sal chava salva
samantha: sam sammy sammie sami manth samy mantha
samuel samson: sam sammy sammie samuelito samy
sandra: sandy sandi sandie sondra
santino: santi tino
sara sarah sarai zara: sadie sally sari sar sassy saz sarita zari
saul: sol
savannah savanna: sav savvy vanna anna savvie savi
sawyer: saw soy
scarlett scarlet: scar lettie scarly letty
scott: scotty scottie scot
seamus: shay
sean shawn shaun: shawny
sebastian: seb bash sebas bas seba bastian
selena selina: lena sel selly
serena: rena reney
sergio serge: checo serg
seth: sethie
seymour: sy
shane: shaney
shannon: shan shanny
sharon: shari sher shaz shar ronnie
shawna shauna: shaw
sheila shelia: shei
shelby: shel shelb
sheldon shelton: shel shelly
shelley shelly: shel shell
sheridan: sher danny
sherry sheri cheri sherri: sher
shirley: shirl
sidney sydney: sid syd
sierra: si cici
silas: si sy sly
silvia sylvia: syl silvie sylvie sil via
simon: si sy
simone: simmy mona
skylar skyler schuyler: sky skye
sloane: slo
sofia sophia sophie: soph sophie sofi sophy fia fifi sof sopha
soledad: sol chole sole
solomon: sol
sonia sonya sonja: sunny sony
sonny: son
spencer: spence
stacy stacey stacie staci: stace
stanley: stan
starla: star
stella: stell
stuart stewart: stu stew
sullivan: sully
summer: sum sums summie
susan susana susanna susannah suzanne suzanna susanne: sue susie suzy sukey suzie susy zanna anna susi
    suz
susanna: sanna
sutton: sut
sydney: syd sid
sylvester: sly vester syl
tabitha: tabby tab
talia thalia: tali
tamara tammy tamera: tam tammy tammie tami mara tammi
tanya tania tonya: tan tawny
tara: tar
taylor tayler: tay tayo
teagan tegan: teag
terence terrence terrance: terry tel terri
teresa theresa therese tereza: terry terri tess tessa tessie reese tere tracy teri resa
terri terry teri: ter
thaddeus: thad tad
theodora: thea dora teddy theo
theodore theo teodoro: ted teddy theo tad teo
thomas tomas: tom tommy thom tommie tomasito
tiffany tiffani tiffanie: tiff tiffy fany tiffs
timothy timoteo: tim timmy timmie timo
tina: teenie
tobias toby: toby tobe
todd: toddy
tomasa: tommie
tracy tracey tracie traci: trace tray
travis: trav
trenton trent: trent
trevor: trev
trinity: trin trini
tristan tristen: tris tristy
tucker: tuck
tyler tylor: ty tye
tyrese: ty reese
tyrone tyson tyrell: ty
ulises ulysses: uli
uriel uriah: uri
valentina valentine: val vale tina lentina valen
valeria: vale
valerie valeria valery: val vale valeri lerie
vanessa: nessa ness van vanny nessie
vaughn: von
vernon: vern verne
veronica: ronnie roni vero ronni vera nica ron
vicente vincent vincenzo: vince vinny vinnie vin chente enzo
victor: vic vick vico
victoria: vicky tori vicki vic tory vickie torie viki vikki toria
vincenza: enza
violet violeta viola: vi letty vivi
virginia: ginny ginger virgie gina vee
vivian vivienne viviana vivianne: viv vivi vi vivie
wade: wadey
wallace: wally wall
walter: walt wally wat
wanda: wandy
warren: ren
wayne: wayney
wendy: wen wends
wesley: wes wess lee
weston: wes west
whitney: whit
wilbur: wil
wilfred: fred will wilf
willa: will willie
willow: will willie wills
wilma wilhelmina: willie mina billie minnie
wilson willis: will willy
winfield: win
winifred: winnie freddie win
winona: winnie nona win
winston: win winnie
woodrow: woody
wyatt: wy wye
xiomara: xio mara
yadira: yadi
yahir: yah
yaretzi: yari
yesenia jessenia: yesi yesy senia
yolanda: yoli yola landa yoly
yvette ivette: yvie vette
yvonne ivonne: vonnie yvie von
zachariah zachary zackary zechariah zackery: zach zack zac zak zacky zachy
zander: zan
zara: zari
zebulon: zeb
zoe zoey zoie: zo zozo
zuri: zuzu
"""


class Kinship(IntEnum):
    """How near two names of one family are, from far to near."""

    SIBLING = 0
    FULL = 1
    SHORT = 2
    SPELLING = 3


@cache
def relatives() -> Mapping[str, Mapping[str, Kinship]]:
    """What else a person may be called who has a name.

    Two short forms of one name are siblings (Liz and Betsy); of a full form the others are spellings
    (Katherine and Kathryn) and what it is shortened to is short; from a short form a full one is full.

    Examples
    --------
    >>> liz = relatives()["liz"]
    >>> liz["elizabeth"].name, liz["betsy"].name, relatives()["katherine"]["kathryn"].name
    ('FULL', 'SIBLING', 'SPELLING')
    """
    found: dict[str, dict[str, Kinship]] = {}

    def add(name: str, other: str, kinship: Kinship) -> None:
        own = found.setdefault(name, {})
        if name != other:
            own[other] = max(kinship, own.get(other, kinship))

    for line in _FAMILIES.strip().replace("\n    ", " ").splitlines():
        full, _, short = (part.split() for part in line.partition(":"))
        for name in full:
            for other in full:
                add(name, other, Kinship.SPELLING)
            for other in short:
                add(name, other, Kinship.SHORT)
                add(other, name, Kinship.FULL)
        for name in short:
            for other in short:
                add(name, other, Kinship.SIBLING)
    return found
